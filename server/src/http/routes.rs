//! Every route of the office, each with what it does. The permissions follow from this list
//! alone, and so does the table that a test holds against the roles.

use super::{App, LARGEST_FILE, guard};
use crate::{access, assessment, audit, eligibility, jobs, ledger, linkage};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodRouter, delete, get, post, put};
use kokuho_shared::access::Action;

struct Route {
    method: Method,
    path: &'static str,
    action: Action,
    handler: MethodRouter<App>,
}

fn route(method: Method, path: &'static str, action: Action, handler: MethodRouter<App>) -> Route {
    Route {
        method,
        path,
        action,
        handler,
    }
}

/// A city's file is larger than any other request.
fn files(handler: MethodRouter<App>) -> MethodRouter<App> {
    handler.layer(DefaultBodyLimit::max(LARGEST_FILE))
}

fn all() -> Vec<Route> {
    use Action::*;
    vec![
        route(
            Method::GET,
            "/api/session",
            OwnSession,
            get(access::routes::current),
        ),
        route(
            Method::GET,
            "/api/session/factor",
            OwnSession,
            get(access::routes::new_factor),
        ),
        route(
            Method::POST,
            "/api/session/factor",
            OwnSession,
            post(access::routes::prove_factor),
        ),
        route(
            Method::DELETE,
            "/api/sessions",
            OwnSession,
            delete(access::routes::sign_out_everywhere),
        ),
        route(
            Method::GET,
            "/api/accounts",
            ManageAccounts,
            get(access::routes::accounts),
        ),
        route(
            Method::PUT,
            "/api/accounts",
            ManageAccounts,
            put(access::routes::set_account),
        ),
        route(
            Method::DELETE,
            "/api/accounts/{login}/factor",
            ManageAccounts,
            delete(access::routes::reset_factor),
        ),
        route(
            Method::GET,
            "/api/audit",
            ReadAudit,
            get(audit::routes::records),
        ),
        route(
            Method::GET,
            "/api/audit/chain",
            ReadAudit,
            get(audit::routes::chain),
        ),
        route(
            Method::GET,
            "/api/persons",
            ReadHousehold,
            get(eligibility::routes::find),
        ),
        route(
            Method::GET,
            "/api/households/{id}/inquiries",
            Inquire,
            get(linkage::routes::of_household),
        ),
        route(
            Method::POST,
            "/api/households/{id}/inquiries",
            Inquire,
            post(linkage::routes::ask),
        ),
        route(
            Method::GET,
            "/api/inquiries",
            Inquire,
            get(linkage::routes::open_inquiries),
        ),
        route(
            Method::POST,
            "/api/inquiries/{id}/settlement",
            Inquire,
            post(linkage::routes::settle),
        ),
        route(
            Method::GET,
            "/api/interchange",
            Inquire,
            get(linkage::routes::interchange),
        ),
        route(
            Method::POST,
            "/api/interchange/{id}",
            Inquire,
            post(linkage::routes::decide_link),
        ),
        route(
            Method::POST,
            "/api/households/{id}/refresh",
            Inquire,
            post(linkage::routes::refresh),
        ),
        route(
            Method::GET,
            "/api/queue",
            ReadHousehold,
            get(eligibility::routes::queue),
        ),
        route(
            Method::GET,
            "/api/households/{id}",
            ReadHousehold,
            get(eligibility::routes::view),
        ),
        route(
            Method::GET,
            "/api/households/{id}/notices",
            ReadHousehold,
            get(eligibility::routes::accepted_notices),
        ),
        route(
            Method::POST,
            "/api/households/{id}/notices",
            AcceptNotices,
            post(eligibility::routes::accept_notice),
        ),
        route(
            Method::GET,
            "/api/households/{id}/my-number",
            BindNumbers,
            get(eligibility::numbers::routes::numbers_of),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/my-number",
            BindNumbers,
            put(eligibility::numbers::routes::bind_number),
        ),
        route(
            Method::GET,
            "/api/facilities",
            ReadHousehold,
            get(eligibility::facilities::routes::facilities),
        ),
        route(
            Method::PUT,
            "/api/facilities",
            AcceptNotices,
            put(eligibility::facilities::routes::set_facility),
        ),
        route(
            Method::GET,
            "/api/households/{id}/stays",
            ReadHousehold,
            get(eligibility::facilities::routes::stays_of),
        ),
        route(
            Method::POST,
            "/api/households/{id}/stays",
            AcceptNotices,
            post(eligibility::facilities::routes::admit),
        ),
        route(
            Method::GET,
            "/api/households/{id}/papers",
            ReadHousehold,
            get(eligibility::documents::routes::papers),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/papers",
            IssueDocuments,
            put(eligibility::documents::routes::keep_paper_facts),
        ),
        route(
            Method::GET,
            "/api/households/{id}/documents",
            ReadHousehold,
            get(eligibility::documents::routes::documents_of),
        ),
        route(
            Method::POST,
            "/api/households/{id}/documents",
            IssueDocuments,
            post(eligibility::documents::routes::issue_document),
        ),
        route(
            Method::GET,
            "/api/documents/{number}",
            ReadHousehold,
            get(eligibility::documents::routes::document),
        ),
        route(
            Method::POST,
            "/api/documents/{number}/closing",
            IssueDocuments,
            post(eligibility::documents::routes::close_document),
        ),
        route(
            Method::POST,
            "/api/documents/{number}/income",
            EditFacts,
            post(eligibility::documents::routes::reply_income),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/protection",
            Protect,
            put(eligibility::routes::protect),
        ),
        route(
            Method::POST,
            "/api/households/{id}/address",
            Protect,
            post(eligibility::routes::reveal),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/facts",
            EditFacts,
            put(eligibility::routes::change),
        ),
        route(
            Method::POST,
            "/api/households/{id}/decisions",
            Decide,
            post(assessment::routes::decide),
        ),
        route(
            Method::GET,
            "/api/decisions/{id}",
            ReadHousehold,
            get(assessment::routes::find),
        ),
        route(
            Method::POST,
            "/api/decisions/{id}/notice",
            IssueLetters,
            post(assessment::routes::issue_notice),
        ),
        route(
            Method::GET,
            "/api/letters/{number}",
            ReadHousehold,
            get(assessment::routes::letter),
        ),
        route(
            Method::GET,
            "/api/households/{id}/ledger",
            ReadHousehold,
            get(ledger::routes::of_household),
        ),
        route(Method::GET, "/api/jobs", ReadRuns, get(jobs::routes::list)),
        route(
            Method::GET,
            "/api/jobs/{id}/events",
            ReadRuns,
            get(jobs::routes::events),
        ),
        route(
            Method::POST,
            "/api/jobs/{id}/cancel",
            RunYear,
            post(jobs::routes::cancel),
        ),
        route(
            Method::POST,
            "/api/jobs/{id}/resume",
            RunYear,
            post(jobs::routes::resume),
        ),
        route(
            Method::POST,
            "/api/runs",
            RunYear,
            post(jobs::routes::start),
        ),
        route(
            Method::GET,
            "/api/runs/{id}",
            ReadRuns,
            get(jobs::routes::run),
        ),
        route(
            Method::POST,
            "/api/runs/{id}/letters",
            RunYear,
            post(jobs::routes::start_letters),
        ),
        route(
            Method::GET,
            "/api/runs/{id}/batches",
            IssueLetters,
            get(jobs::routes::batches),
        ),
        route(
            Method::GET,
            "/api/runs/{id}/batches/{number}",
            IssueLetters,
            get(jobs::routes::document),
        ),
        route(
            Method::POST,
            "/api/runs/{id}/batches/{number}/printed",
            IssueLetters,
            post(jobs::routes::printed),
        ),
        route(
            Method::GET,
            "/api/imports",
            ReadImports,
            get(linkage::routes::list),
        ),
        route(
            Method::POST,
            "/api/imports",
            ImportFiles,
            files(post(linkage::routes::start)),
        ),
        route(
            Method::GET,
            "/api/imports/{job}/events",
            ReadImports,
            get(linkage::routes::events),
        ),
    ]
}

/// Method, path and action of every guarded route.
pub fn permissions() -> Vec<(Method, &'static str, Action)> {
    all()
        .into_iter()
        .map(|route| (route.method, route.path, route.action))
        .collect()
}

/// The guarded routes of the office.
pub fn office(app: &App) -> Router<App> {
    let guarded = |route: Route| {
        let state = (app.clone(), route.action);
        (
            route.path,
            route
                .handler
                .route_layer(middleware::from_fn_with_state(state, guard::authorize)),
        )
    };
    let routes = all().into_iter().map(guarded);
    routes.fold(Router::new(), |router, (path, handler)| {
        router.route(path, handler)
    })
}
