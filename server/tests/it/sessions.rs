//! Sign-in.

use crate::both;
use crate::office::Office;
use reqwest::{Client, Method, StatusCode};
use serde_json::json;

both! {
    async fn nobody_reads_a_person_without_signing_in(office: Office) {
        let stranger = Client::new();
        for path in ["/api/session", "/api/persons?number=1&name=a", "/api/households/1000?fiscal_year=2026",
            "/api/decisions/1000", "/api/imports", "/api/imports/1/events"] {
            let answer = stranger.get(format!("{}{path}", office.url)).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
        let forged = stranger.get(format!("{}/api/session", office.url)).header("cookie", "kokuho_session=00");
        assert_eq!(forged.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
}

both! {
    async fn a_wrong_password_and_an_unknown_login_get_the_same_answer(office: Office) {
        let wrong = office.send(Method::POST, "/api/session", json!({"login": "clerk", "password": "wrong wrong"})).await;
        let unknown = office.send(Method::POST, "/api/session", json!({"login": "nobody", "password": "wrong wrong"})).await;
        assert_eq!(wrong, unknown);
        assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
    }
}

both! {
    async fn signing_out_ends_the_session_on_the_server(office: Office) {
        let (status, session) = office.get("/api/session").await;
        assert_eq!((status, session["municipality_name"].as_str()), (StatusCode::OK, Some("泉佐野市")));
        assert_eq!(session["today"], "2026-06-10");
        let (status, _) = office.send(Method::DELETE, "/api/session", json!({})).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(office.get("/api/session").await.0, StatusCode::UNAUTHORIZED);
    }
}
