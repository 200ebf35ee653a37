//! What is asked of the provider, and what its answer must prove.

use crate::access::keys::Keys;
use crate::clock::Instant;
use crate::error::ServiceError;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::reqwest::{Client, redirect};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How a city's provider is reached.
#[derive(Clone)]
pub struct Settings {
    pub issuer: String,
    pub client: String,
    pub secret: String,
    /// Where browsers reach this server, for example `https://kokuho.city.example`.
    pub public_url: String,
}

/// The provider, ready to be asked.
#[derive(Clone)]
pub struct Provider {
    settings: Settings,
    http: Client,
}

/// What the browser carries while its user is at the provider; sealed.
#[derive(Serialize, Deserialize)]
struct Journey {
    csrf: String,
    nonce: String,
    verifier: String,
    until: i64,
}

/// What the browser brings back from the provider.
#[derive(Deserialize)]
pub struct Answer {
    code: String,
    state: String,
}

const MINUTES: i64 = 10;
const PLACE: &str = "oidc journey";
/// Signatures that need the provider's private key.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Asked = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

fn unreachable(why: impl std::fmt::Display) -> ServiceError {
    // Which part of the provider failed helps an attacker more than a clerk.
    tracing::warn!(%why, "oidc");
    ServiceError::Provider
}

impl Provider {
    pub fn new(settings: Settings) -> Result<Provider, ServiceError> {
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build();
        Ok(Provider {
            http: http.map_err(unreachable)?,
            settings,
        })
    }

    /// Asked anew each time: the provider may have changed its keys.
    async fn client(&self) -> Result<Asked, ServiceError> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(unreachable)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http).await;
        let back = format!("{}/api/oidc/callback", self.settings.public_url);
        let client = CoreClient::from_provider_metadata(
            metadata.map_err(unreachable)?,
            ClientId::new(self.settings.client.clone()),
            Some(ClientSecret::new(self.settings.secret.clone())),
        );
        Ok(client.set_redirect_uri(RedirectUrl::new(back).map_err(unreachable)?))
    }

    /// Where to send the browser, and what it carries.
    pub async fn leave(&self, keys: &Keys, now: Instant) -> Result<(String, String), ServiceError> {
        let client = self.client().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, csrf, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            .url();
        let journey = Journey {
            csrf: csrf.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            until: now.plus_minutes(MINUTES).0,
        };
        let sealed = keys.seal(PLACE, &serde_json::to_vec(&journey)?)?;
        Ok((url.to_string(), sealed))
    }

    /// The login that the provider vouches for, to the browser that left for it.
    pub async fn arrive(
        &self,
        keys: &Keys,
        sealed: &str,
        answer: Answer,
        now: Instant,
    ) -> Result<String, ServiceError> {
        let refused = || ServiceError::Provider;
        let journey = keys.open(PLACE, sealed).map_err(|_| refused())?;
        let journey: Journey = serde_json::from_slice(&journey)?;
        // Both are random and known to this browser only; the cookie is sealed.
        if journey.csrf != answer.state || journey.until < now.0 {
            return Err(refused());
        }
        let client = self.client().await?;
        let token = client
            .exchange_code(AuthorizationCode::new(answer.code))
            .map_err(unreachable)?
            .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier))
            .request_async(&self.http)
            .await
            .map_err(unreachable)?;
        let id = token.id_token().ok_or_else(refused)?;
        let verifier: CoreIdTokenVerifier<'_> = client.id_token_verifier();
        let verifier = verifier.set_allowed_algs(ALGORITHMS);
        let claims = id
            .claims(&verifier, &Nonce::new(journey.nonce))
            .map_err(unreachable)?;
        let login = claims.preferred_username().ok_or_else(refused)?;
        Ok(login.as_str().to_owned())
    }
}
