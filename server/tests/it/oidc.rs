//! 庁内の認証基盤: a provider of another city office, played over real HTTP, with its own keys.

use crate::office::{Kind, Office};
use axum::extract::{Form, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use kokuho_server::access::oidc::{Provider, Settings};
use kokuho_shared::access::Role;
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet,
    CoreJwsSigningAlgorithm,
};
use openidconnect::{
    Audience, EmptyAdditionalClaims, EndUserUsername, IssuerUrl, JsonWebKeyId, Nonce,
    PrivateSigningKey, StandardClaims, SubjectIdentifier,
};
use reqwest::{Client, StatusCode, redirect};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// An Ed25519 key of this seed, as providers keep theirs.
fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    let mut der = vec![
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    der.extend([seed; 32]);
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("k".into()))).unwrap()
}

/// What the provider will say when the code is redeemed.
#[derive(Clone)]
struct Grant {
    login: String,
    nonce: String,
    challenge: String,
    signed_by: u8,
}

#[derive(Clone)]
struct City {
    url: String,
    grants: Arc<Mutex<HashMap<String, Grant>>>,
}

async fn metadata(State(city): State<City>) -> Json<Value> {
    let url = &city.url;
    Json(
        json!({"issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"]}),
    )
}

async fn keys() -> Json<CoreJsonWebKeySet> {
    Json(CoreJsonWebKeySet::new(vec![key(1).as_verification_key()]))
}

async fn token(
    State(city): State<City>,
    Form(asked): Form<HashMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    // Each code is good once.
    let grant = city.grants.lock().unwrap().remove(&asked["code"]);
    let grant = grant.ok_or(StatusCode::BAD_REQUEST)?;
    let hash = Sha256::digest(asked["code_verifier"].as_bytes());
    let proof = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash);
    if proof != grant.challenge {
        return Err(StatusCode::BAD_REQUEST);
    }
    let now = chrono::Utc::now();
    let person = StandardClaims::new(SubjectIdentifier::new("1".into()))
        .set_preferred_username(Some(EndUserUsername::new(grant.login)));
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(city.url.clone()).unwrap(),
        vec![Audience::new("kokuho".into())],
        now + chrono::TimeDelta::minutes(5),
        now,
        person,
        EmptyAdditionalClaims {},
    )
    .set_nonce(Some(Nonce::new(grant.nonce)));
    let signed = CoreIdToken::new(
        claims,
        &key(grant.signed_by),
        CoreJwsSigningAlgorithm::EdDsa,
        None,
        None,
    );
    Ok(Json(
        json!({"access_token": "a", "token_type": "Bearer", "id_token": signed.unwrap().to_string()}),
    ))
}

async fn city() -> City {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let city = City {
        url: format!("http://{}", listener.local_addr().unwrap()),
        grants: Arc::default(),
    };
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .with_state(city.clone());
    tokio::spawn(async { axum::serve(listener, router).await });
    city
}

struct Browser {
    office: Office,
    city: City,
    client: Client,
}

/// What the browser took along to the provider.
struct Journey {
    cookie: String,
    asked: HashMap<String, String>,
}

impl Browser {
    async fn new() -> Browser {
        let city = city().await;
        let settings = Settings {
            issuer: city.url.clone(),
            client: "kokuho".into(),
            secret: "shared".into(),
            public_url: "http://127.0.0.1:1".into(),
        };
        let provider = Provider::new(settings).unwrap();
        Browser {
            office: Office::behind(Kind::Sqlite, "27213", Some(provider)).await,
            city,
            client: Client::builder()
                .redirect(redirect::Policy::none())
                .build()
                .unwrap(),
        }
    }

    async fn leave(&self) -> Journey {
        let answer = self
            .client
            .get(format!("{}/api/oidc", self.office.url))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("Secure"),
            "{cookie}"
        );
        let to = reqwest::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert!(to.as_str().starts_with(&self.city.url));
        let pairs = to
            .query_pairs()
            .map(|(key, value)| (key.into_owned(), value.into_owned()));
        Journey {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            asked: pairs.collect(),
        }
    }

    /// Somebody signs in at the provider.
    fn grant(&self, journey: &Journey, login: &str) -> Grant {
        let grant = Grant {
            login: login.into(),
            nonce: journey.asked["nonce"].clone(),
            challenge: journey.asked["code_challenge"].clone(),
            signed_by: 1,
        };
        self.city
            .grants
            .lock()
            .unwrap()
            .insert("code".into(), grant.clone());
        grant
    }

    async fn arrive(&self, cookie: &str, state: &str) -> reqwest::Response {
        let back = format!(
            "{}/api/oidc/callback?code=code&state={state}",
            self.office.url
        );
        self.client
            .get(back)
            .header("cookie", cookie)
            .send()
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn whom_the_provider_vouches_for_is_signed_in_with_the_role_that_is_kept_here() {
    let browser = Browser::new().await;
    browser
        .office
        .add_account("tanaka", Role::AssessmentOfficer, "北区")
        .await;
    let journey = browser.leave().await;
    browser.grant(&journey, "tanaka");
    let answer = browser
        .arrive(&journey.cookie, &journey.asked["state"])
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookies = answer.headers().get_all("set-cookie").iter();
    let session = cookies
        .map(|value| value.to_str().unwrap())
        .find(|value| value.starts_with("__Host-kokuho="));
    let session = session.unwrap().split(';').next().unwrap();
    let url = format!("{}/api/session", browser.office.url);
    let who: Value = browser
        .client
        .get(url)
        .header("cookie", session)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (
            who["login"].as_str(),
            who["role"].as_str(),
            who["ward"].as_str()
        ),
        (Some("tanaka"), Some("assessment_officer"), Some("北区"))
    );
    assert_eq!(who["enrolling"], false);
    // The code is spent, and so is the journey.
    assert_eq!(
        browser
            .arrive(&journey.cookie, &journey.asked["state"])
            .await
            .status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn what_the_provider_does_not_prove_opens_nothing() {
    let browser = Browser::new().await;
    browser
        .office
        .add_account("tanaka", Role::AssessmentOfficer, "")
        .await;
    let put = |grant: Grant| {
        browser
            .city
            .grants
            .lock()
            .unwrap()
            .insert("code".into(), grant)
    };
    let journey = browser.leave().await;
    let state = &journey.asked["state"];
    let good = browser.grant(&journey, "tanaka");
    for wrong in [
        Grant {
            nonce: "another".into(),
            ..good.clone()
        },
        Grant {
            signed_by: 2,
            ..good.clone()
        },
        Grant {
            challenge: "another".into(),
            ..good.clone()
        },
        Grant {
            login: "nobody".into(),
            ..good.clone()
        },
    ] {
        put(wrong);
        assert_eq!(
            browser.arrive(&journey.cookie, state).await.status(),
            StatusCode::UNAUTHORIZED
        );
    }
    // Another browser, another state, or a cookie that was changed.
    put(good.clone());
    for (cookie, state) in [
        ("", state.as_str()),
        (&journey.cookie, "another"),
        ("__Host-kokuho-door=00ff", state),
    ] {
        assert_eq!(
            browser.arrive(cookie, state).await.status(),
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(
        browser.arrive(&journey.cookie, state).await.status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_disabled_account_stays_closed_and_a_provider_that_is_away_is_told() {
    let browser = Browser::new().await;
    browser
        .office
        .add_account("tanaka", Role::AssessmentOfficer, "")
        .await;
    let journey = browser.leave().await;
    browser.grant(&journey, "tanaka");
    kokuho_server::on_writer!(&browser.office.db, pool =>
        sqlx::query("UPDATE account SET disabled_at = 1 WHERE login = 'tanaka'").execute(pool).await.map(|_| ()).unwrap());
    assert_eq!(
        browser
            .arrive(&journey.cookie, &journey.asked["state"])
            .await
            .status(),
        StatusCode::UNAUTHORIZED
    );
    let away = Settings {
        issuer: "http://127.0.0.1:1".into(),
        client: "kokuho".into(),
        secret: "s".into(),
        public_url: "http://127.0.0.1:1".into(),
    };
    let office = Office::behind(Kind::Sqlite, "27213", Some(Provider::new(away).unwrap())).await;
    let answer = browser
        .client
        .get(format!("{}/api/oidc", office.url))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let problem: Value = answer.json().await.unwrap();
    assert!(problem["message"].as_str().unwrap().contains("認証基盤"));
}
