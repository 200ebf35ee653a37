//! 発送前に確かめること over the whole city: counts, and nobody's name.

use crate::error::ServiceError;
use crate::on_db;
use crate::store::Db;
use kokuho_shared::api::renewal::PostFinding;
use kokuho_shared::calendar::FiscalYear;

/// What is not known of the people insured now, for a year.
pub async fn of_city(db: &Db, year: FiscalYear) -> Result<Vec<PostFinding>, ServiceError> {
    const CARD: &str = "SELECT COUNT(DISTINCT e.person_id) FROM eligibility_fact e WHERE e.superseded_at IS NULL \
        AND e.valid_until IS NULL AND NOT EXISTS (SELECT 1 FROM card_fact c WHERE c.person_id = e.person_id \
        AND c.superseded_at IS NULL AND c.status <> 'unknown')";
    const INCOME: &str = "SELECT COUNT(DISTINCT e.person_id) FROM eligibility_fact e WHERE e.superseded_at IS NULL \
        AND e.valid_until IS NULL AND NOT EXISTS (SELECT 1 FROM income_fact i WHERE i.person_id = e.person_id \
        AND i.income_year = $1 AND i.superseded_at IS NULL AND i.status = 'known')";
    const INQUIRY: &str = "SELECT COUNT(*) FROM inquiry WHERE closed_at IS NULL";
    let income_year = i64::from(year.income_year());
    let (card, income, inquiry): (i64, i64, i64) = on_db!(db, pool => (
        sqlx::query_scalar(CARD).fetch_one(pool).await?,
        sqlx::query_scalar(INCOME).bind(income_year).fetch_one(pool).await?,
        sqlx::query_scalar(INQUIRY).fetch_one(pool).await?,
    ));
    let all = [
        ("card_unknown", "マイナ保険証の登録が未確認の被保険者", card),
        ("unknown_income", "所得が未申告または不明の被保険者", income),
        ("open_inquiry", "回答待ちの照会", inquiry),
    ];
    let finding = |(key, text, count): (&str, &str, i64)| PostFinding {
        key: key.into(),
        text: text.into(),
        count,
    };
    let found = all.into_iter().filter(|(.., count)| *count > 0);
    Ok(found.map(finding).collect())
}
