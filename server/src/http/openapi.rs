//! `/api/openapi.json`: the routes and their types, made from the code.

use axum::Json;
use axum::response::IntoResponse;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "kokuho",
        description = "国民健康保険: National Health Insurance of a city"
    ),
    paths(
        crate::assessment::routes::estimate,
        crate::assessment::routes::decide,
        crate::assessment::routes::find,
        crate::assessment::routes::issue_notice,
        crate::assessment::routes::letter,
        crate::access::routes::sign_in,
        crate::access::routes::door,
        crate::access::routes::current,
        crate::access::routes::sign_out,
        crate::access::routes::sign_out_everywhere,
        crate::access::routes::new_factor,
        crate::access::routes::prove_factor,
        crate::access::routes::accounts,
        crate::access::routes::set_account,
        crate::access::routes::reset_factor,
        crate::audit::routes::records,
        crate::audit::routes::chain,
        crate::eligibility::routes::find,
        crate::eligibility::routes::view,
        crate::eligibility::routes::change,
        crate::eligibility::routes::accept_notice,
        crate::eligibility::numbers::routes::numbers_of,
        crate::eligibility::numbers::routes::bind_number,
        crate::eligibility::facilities::routes::facilities,
        crate::eligibility::facilities::routes::set_facility,
        crate::eligibility::facilities::routes::stays_of,
        crate::eligibility::facilities::routes::admit,
        crate::eligibility::documents::routes::papers,
        crate::eligibility::documents::routes::keep_paper_facts,
        crate::eligibility::documents::routes::documents_of,
        crate::eligibility::documents::routes::issue_document,
        crate::eligibility::documents::routes::document,
        crate::eligibility::documents::routes::close_document,
        crate::eligibility::documents::routes::reply_income,
        crate::eligibility::routes::accepted_notices,
        crate::linkage::routes::of_household,
        crate::linkage::routes::ask,
        crate::linkage::routes::open_inquiries,
        crate::linkage::routes::settle,
        crate::linkage::routes::interchange,
        crate::linkage::routes::decide_link,
        crate::linkage::routes::refresh,
        crate::eligibility::routes::queue,
        crate::eligibility::students::routes::students_of,
        crate::eligibility::students::routes::set_student,
        crate::eligibility::payer::routes::set_payer,
        crate::eligibility::routes::claim,
        crate::eligibility::routes::timeline_of,
        crate::eligibility::routes::protect,
        crate::eligibility::routes::reveal,
        crate::jobs::routes::list,
        crate::jobs::routes::events,
        crate::jobs::routes::cancel,
        crate::jobs::routes::resume,
        crate::jobs::routes::start,
        crate::jobs::routes::run,
        crate::jobs::routes::start_letters,
        crate::jobs::routes::batches,
        crate::jobs::routes::document,
        crate::jobs::routes::printed,
        crate::ledger::routes::of_household,
        crate::eligibility::documents::renewal::routes::start_renewal,
        crate::eligibility::documents::renewal::routes::renewals,
        crate::eligibility::documents::renewal::routes::renewal_events,
        crate::eligibility::documents::renewal::routes::renewal,
        crate::eligibility::documents::renewal::routes::paper_batches,
        crate::eligibility::documents::renewal::routes::paper_batch,
        crate::eligibility::documents::renewal::routes::papers_printed,
        crate::linkage::routes::start,
        crate::linkage::routes::events,
        crate::linkage::routes::list,
        crate::linkage::routes::expected_files,
        crate::eligibility::duplicates::routes::duplicates,
        crate::eligibility::duplicates::routes::step,
    )
)]
struct Document;

pub async fn document() -> impl IntoResponse {
    Json(Document::openapi())
}
