//! Every route of the office, each with what it does. The permissions follow from this list
//! alone, and so does the table that a test holds against the roles.

use super::patience::{self, Patience};
use super::{App, guard};
use crate::access::requests::routes as requests;
use crate::access::sessions::routes as sessions;
use crate::eligibility::documents::renewal::routes as renewal;
use crate::{access, assessment, audit, eligibility, jobs, ledger, linkage};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodRouter, delete, get, post, put};
use kokuho_shared::access::Action;

/// Of whom a route tells or whom it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only who asks: the own session.
    Own,
    /// Nobody: facilities, rules, how far work is.
    Office,
    /// Households that the account sees, by the ward in which they are.
    Ward,
    /// Everybody: for accounts of the whole city.
    City,
}

struct Route {
    method: Method,
    path: &'static str,
    action: Action,
    scope: Scope,
    handler: MethodRouter<App>,
    patience: Patience,
}

impl Route {
    /// With another patience than for what somebody waits for at a screen.
    fn taking(self, patience: Patience) -> Route {
        Route { patience, ..self }
    }
}

fn route(
    method: Method,
    path: &'static str,
    action: Action,
    scope: Scope,
    handler: MethodRouter<App>,
) -> Route {
    Route {
        method,
        path,
        action,
        scope,
        handler,
        patience: patience::ORDINARY,
    }
}

/// A city's file is larger than any other request; it is measured as it comes.
fn files(handler: MethodRouter<App>) -> MethodRouter<App> {
    handler.layer(DefaultBodyLimit::disable())
}

fn all() -> Vec<Route> {
    use Action::*;
    use Scope::*;
    vec![
        route(
            Method::GET,
            "/api/session",
            OwnSession,
            Own,
            get(access::routes::current),
        ),
        route(
            Method::GET,
            "/api/session/factor",
            OwnSession,
            Own,
            get(access::routes::new_factor),
        ),
        route(
            Method::POST,
            "/api/session/factor",
            OwnSession,
            Own,
            post(access::routes::prove_factor),
        ),
        route(
            Method::PUT,
            "/api/session/password",
            OwnAccount,
            Own,
            put(access::routes::change_password),
        ),
        route(
            Method::GET,
            "/api/session/notices",
            OwnAccount,
            Own,
            get(access::routes::account_notices),
        ),
        route(
            Method::DELETE,
            "/api/session/notices",
            OwnAccount,
            Own,
            delete(access::routes::notices_seen),
        ),
        route(
            Method::GET,
            "/api/sessions",
            OwnAccount,
            Own,
            get(sessions::own_sessions),
        ),
        route(
            Method::DELETE,
            "/api/sessions",
            OwnSession,
            Own,
            delete(sessions::sign_out_everywhere),
        ),
        route(
            Method::DELETE,
            "/api/sessions/{id}",
            OwnAccount,
            Own,
            delete(sessions::end_own_session),
        ),
        route(
            Method::GET,
            "/api/accounts",
            ManageAccounts,
            City,
            get(requests::accounts),
        ),
        route(
            Method::POST,
            "/api/accounts/{login}/suspension",
            ManageAccounts,
            City,
            post(requests::suspend),
        ),
        route(
            Method::GET,
            "/api/accounts/{login}/sessions",
            ManageAccounts,
            City,
            get(sessions::sessions_of),
        ),
        route(
            Method::DELETE,
            "/api/accounts/{login}/sessions/{id}",
            ManageAccounts,
            City,
            delete(sessions::end_session_of),
        ),
        route(
            Method::GET,
            "/api/account-requests",
            ManageAccounts,
            City,
            get(requests::account_requests),
        ),
        route(
            Method::POST,
            "/api/account-requests",
            ManageAccounts,
            City,
            post(requests::request_account),
        ),
        route(
            Method::POST,
            "/api/account-requests/{id}/approval",
            ManageAccounts,
            City,
            post(requests::approve_account),
        ),
        route(
            Method::DELETE,
            "/api/account-requests/{id}",
            ManageAccounts,
            City,
            delete(requests::refuse_account),
        ),
        route(
            Method::POST,
            "/api/audit/saved",
            SaveLists,
            Ward,
            post(audit::routes::saved),
        ),
        route(
            Method::GET,
            "/api/audit",
            ReadAudit,
            Office,
            get(audit::routes::records),
        ),
        route(
            Method::GET,
            "/api/audit/chain",
            ReadAudit,
            Office,
            get(audit::routes::chain),
        )
        .taking(patience::LONG),
        route(
            Method::POST,
            "/api/persons/search",
            ReadHousehold,
            Ward,
            post(eligibility::routes::find),
        ),
        route(
            Method::GET,
            "/api/households/{id}/inquiries",
            Inquire,
            Ward,
            get(linkage::routes::of_household),
        ),
        route(
            Method::POST,
            "/api/households/{id}/inquiries",
            Inquire,
            Ward,
            post(linkage::routes::ask),
        ),
        route(
            Method::GET,
            "/api/inquiries",
            Inquire,
            Ward,
            get(linkage::routes::open_inquiries),
        ),
        route(
            Method::POST,
            "/api/inquiries/{id}/settlement",
            Inquire,
            Ward,
            post(linkage::routes::settle),
        ),
        route(
            Method::GET,
            "/api/interchange",
            Inquire,
            Ward,
            get(linkage::routes::interchange),
        ),
        route(
            Method::POST,
            "/api/interchange/{id}",
            Inquire,
            Ward,
            post(linkage::routes::decide_link),
        ),
        route(
            Method::POST,
            "/api/households/{id}/refresh",
            Inquire,
            Ward,
            post(linkage::routes::refresh),
        ),
        route(
            Method::GET,
            "/api/queue",
            ReadHousehold,
            Ward,
            get(eligibility::routes::queue),
        ),
        route(
            Method::POST,
            "/api/queue/claims",
            ReadHousehold,
            Ward,
            post(eligibility::routes::claim),
        ),
        route(
            Method::GET,
            "/api/households/{id}",
            ReadHousehold,
            Ward,
            get(eligibility::routes::view),
        ),
        route(
            Method::GET,
            "/api/households/{id}/timeline",
            ReadHousehold,
            Ward,
            get(eligibility::routes::timeline_of),
        ),
        route(
            Method::GET,
            "/api/households/{id}/notices",
            ReadHousehold,
            Ward,
            get(eligibility::routes::accepted_notices),
        ),
        route(
            Method::POST,
            "/api/households/{id}/notices",
            AcceptNotices,
            Ward,
            post(eligibility::routes::accept_notice),
        ),
        route(
            Method::GET,
            "/api/households/{id}/my-number",
            BindNumbers,
            Ward,
            get(eligibility::numbers::routes::numbers_of),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/my-number",
            BindNumbers,
            Ward,
            put(eligibility::numbers::routes::bind_number),
        ),
        route(
            Method::GET,
            "/api/duplicates",
            HandleDuplicates,
            Ward,
            get(eligibility::duplicates::routes::duplicates),
        ),
        route(
            Method::POST,
            "/api/duplicates/{id}",
            HandleDuplicates,
            Ward,
            post(eligibility::duplicates::routes::step),
        ),
        route(
            Method::GET,
            "/api/facilities",
            ReadHousehold,
            Office,
            get(eligibility::facilities::routes::facilities),
        ),
        route(
            Method::PUT,
            "/api/facilities",
            AcceptNotices,
            Office,
            put(eligibility::facilities::routes::set_facility),
        ),
        route(
            Method::GET,
            "/api/households/{id}/stays",
            ReadHousehold,
            Ward,
            get(eligibility::facilities::routes::stays_of),
        ),
        route(
            Method::POST,
            "/api/households/{id}/stays",
            AcceptNotices,
            Ward,
            post(eligibility::facilities::routes::admit),
        ),
        route(
            Method::GET,
            "/api/reliefs/rules",
            ReadHousehold,
            Office,
            get(assessment::reliefs::routes::relief_rules),
        ),
        route(
            Method::GET,
            "/api/households/{id}/reliefs",
            ReadHousehold,
            Ward,
            get(assessment::reliefs::routes::reliefs_of),
        ),
        route(
            Method::POST,
            "/api/households/{id}/reliefs",
            AcceptReliefs,
            Ward,
            post(assessment::reliefs::routes::apply_for_relief),
        ),
        route(
            Method::POST,
            "/api/reliefs/{case}/decision",
            AcceptReliefs,
            Ward,
            post(assessment::reliefs::routes::decide_relief),
        ),
        route(
            Method::POST,
            "/api/reliefs/{case}/notice",
            IssueDocuments,
            Ward,
            post(assessment::reliefs::routes::relief_notice),
        ),
        route(
            Method::GET,
            "/api/households/{id}/students",
            ReadHousehold,
            Ward,
            get(eligibility::students::routes::students_of),
        ),
        route(
            Method::POST,
            "/api/households/{id}/students",
            AcceptNotices,
            Ward,
            post(eligibility::students::routes::set_student),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/payer",
            AcceptNotices,
            Ward,
            put(eligibility::payer::routes::set_payer),
        ),
        route(
            Method::GET,
            "/api/households/{id}/papers",
            ReadHousehold,
            Ward,
            get(eligibility::documents::routes::papers),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/papers",
            IssueDocuments,
            Ward,
            put(eligibility::documents::routes::keep_paper_facts),
        ),
        route(
            Method::GET,
            "/api/households/{id}/documents",
            ReadHousehold,
            Ward,
            get(eligibility::documents::routes::documents_of),
        ),
        route(
            Method::POST,
            "/api/households/{id}/documents",
            IssueDocuments,
            Ward,
            post(eligibility::documents::routes::issue_document),
        ),
        route(
            Method::GET,
            "/api/documents/{number}",
            ReadHousehold,
            Ward,
            get(eligibility::documents::routes::document),
        ),
        route(
            Method::POST,
            "/api/documents/{number}/closing",
            IssueDocuments,
            Ward,
            post(eligibility::documents::routes::close_document),
        ),
        route(
            Method::POST,
            "/api/documents/{number}/income",
            EditFacts,
            Ward,
            post(eligibility::documents::routes::reply_income),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/protection",
            Protect,
            Ward,
            put(eligibility::routes::protect),
        ),
        route(
            Method::POST,
            "/api/households/{id}/address",
            Protect,
            Ward,
            post(eligibility::routes::reveal),
        ),
        route(
            Method::PUT,
            "/api/households/{id}/facts",
            EditFacts,
            Ward,
            put(eligibility::routes::change),
        ),
        route(
            Method::POST,
            "/api/households/{id}/decisions",
            Decide,
            Ward,
            post(assessment::routes::decide),
        ),
        route(
            Method::GET,
            "/api/decisions/{id}",
            ReadHousehold,
            Ward,
            get(assessment::routes::find),
        ),
        route(
            Method::POST,
            "/api/decisions/{id}/notice",
            IssueLetters,
            Ward,
            post(assessment::routes::issue_notice),
        ),
        route(
            Method::GET,
            "/api/letters/{number}",
            ReadHousehold,
            Ward,
            get(assessment::routes::letter),
        ),
        route(
            Method::GET,
            "/api/households/{id}/ledger",
            ReadHousehold,
            Ward,
            get(ledger::routes::of_household),
        ),
        route(
            Method::GET,
            "/api/jobs",
            ReadRuns,
            City,
            get(jobs::routes::list),
        ),
        route(
            Method::GET,
            "/api/jobs/{id}/events",
            ReadRuns,
            City,
            get(jobs::routes::events),
        ),
        route(
            Method::POST,
            "/api/jobs/{id}/cancel",
            RunYear,
            City,
            post(jobs::routes::cancel),
        ),
        route(
            Method::POST,
            "/api/jobs/{id}/resume",
            RunYear,
            City,
            post(jobs::routes::resume),
        ),
        route(
            Method::POST,
            "/api/runs",
            RunYear,
            City,
            post(jobs::routes::start),
        )
        .taking(patience::LONG),
        route(
            Method::GET,
            "/api/runs/{id}",
            ReadRuns,
            City,
            get(jobs::routes::run),
        ),
        route(
            Method::POST,
            "/api/whatifs",
            TryRates,
            City,
            post(assessment::routes::try_rates),
        )
        .taking(patience::LONG),
        route(
            Method::GET,
            "/api/whatifs/{id}",
            TryRates,
            City,
            get(assessment::routes::tried_rates),
        ),
        route(
            Method::POST,
            "/api/rates",
            TryRates,
            City,
            post(assessment::routes::solve_rates),
        )
        .taking(patience::LONG),
        route(
            Method::GET,
            "/api/pensions",
            ReadRuns,
            Ward,
            get(assessment::pension::routes::list),
        ),
        route(
            Method::POST,
            "/api/pensions",
            RunYear,
            City,
            post(assessment::pension::routes::send),
        ),
        route(
            Method::POST,
            "/api/households/{id}/pension",
            Decide,
            Ward,
            post(assessment::pension::routes::stop),
        ),
        route(
            Method::POST,
            "/api/runs/{id}/check",
            RunYear,
            City,
            post(jobs::routes::start_check),
        )
        .taking(patience::LONG),
        route(
            Method::GET,
            "/api/runs/{id}/check/{sort}",
            ReadRuns,
            City,
            get(jobs::routes::check_findings),
        ),
        route(
            Method::POST,
            "/api/runs/{id}/release",
            ReleaseRun,
            City,
            post(jobs::routes::release),
        ),
        route(
            Method::POST,
            "/api/runs/{id}/letters",
            RunYear,
            City,
            post(jobs::routes::start_letters),
        )
        .taking(patience::LONG),
        route(
            Method::GET,
            "/api/runs/{id}/batches",
            IssueLetters,
            Ward,
            get(jobs::routes::batches),
        ),
        route(
            Method::GET,
            "/api/runs/{id}/batches/{number}",
            IssueLetters,
            Ward,
            get(jobs::routes::document),
        )
        .taking(patience::LONG),
        route(
            Method::POST,
            "/api/runs/{id}/batches/{number}/printed",
            IssueLetters,
            Ward,
            post(jobs::routes::printed),
        ),
        route(
            Method::GET,
            "/api/renewals",
            IssueDocuments,
            City,
            get(renewal::renewals),
        ),
        route(
            Method::POST,
            "/api/renewals",
            RenewPapers,
            City,
            post(renewal::start_renewal),
        )
        .taking(patience::LONG),
        route(
            Method::POST,
            "/api/income-reports",
            RunYear,
            City,
            post(jobs::routes::start_reports),
        )
        .taking(patience::LONG),
        route(
            Method::GET,
            "/api/renewals/{id}",
            IssueDocuments,
            City,
            get(renewal::renewal),
        ),
        route(
            Method::GET,
            "/api/renewals/{id}/events",
            IssueDocuments,
            City,
            get(renewal::renewal_events),
        ),
        route(
            Method::GET,
            "/api/renewals/{id}/batches",
            RenewPapers,
            Ward,
            get(renewal::paper_batches),
        ),
        route(
            Method::GET,
            "/api/renewals/{id}/batches/{number}",
            RenewPapers,
            Ward,
            get(renewal::paper_batch),
        )
        .taking(patience::LONG),
        route(
            Method::POST,
            "/api/renewals/{id}/batches/{number}/printed",
            RenewPapers,
            Ward,
            post(renewal::papers_printed),
        ),
        route(
            Method::GET,
            "/api/arrivals",
            ReadImports,
            Office,
            get(linkage::routes::expected_files),
        ),
        route(
            Method::GET,
            "/api/files",
            ReadImports,
            Office,
            get(linkage::routes::troubled_files),
        ),
        route(
            Method::GET,
            "/api/characters",
            Inquire,
            Ward,
            get(linkage::routes::rare_characters),
        ),
        route(
            Method::GET,
            "/api/imports",
            ReadImports,
            Office,
            get(linkage::routes::list),
        ),
        route(
            Method::POST,
            "/api/imports",
            ImportFiles,
            City,
            files(post(linkage::routes::start)),
        )
        .taking(patience::UPLOAD),
        route(
            Method::GET,
            "/api/imports/{job}/events",
            ReadImports,
            City,
            get(linkage::routes::events),
        ),
    ]
}

/// What a guarded route is, as tests and the manual see it.
pub struct Permission {
    pub method: Method,
    pub path: &'static str,
    pub action: Action,
    pub scope: Scope,
}

/// Every guarded route.
pub fn permissions() -> Vec<Permission> {
    let permission = |route: Route| Permission {
        method: route.method,
        path: route.path,
        action: route.action,
        scope: route.scope,
    };
    all().into_iter().map(permission).collect()
}

/// The guarded routes of the office.
pub fn office(app: &App) -> Router<App> {
    let guarded = |route: Route| {
        let state = (app.clone(), route.action, route.scope);
        let within = middleware::from_fn_with_state(route.patience, patience::within);
        let authorize = middleware::from_fn_with_state(state, guard::authorize);
        let handler = route.handler.route_layer(authorize).route_layer(within);
        (route.path, handler)
    };
    let routes = all().into_iter().map(guarded);
    routes.fold(Router::new(), |router, (path, handler)| {
        router.route(path, handler)
    })
}
