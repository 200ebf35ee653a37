//! Years and ids as columns: whole numbers of 64 bits, which a year or an id out of range does not leave silently.

use crate::calendar::FiscalYear;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

impl<D: Database> Type<D> for FiscalYear
where
    i64: Type<D>,
{
    fn type_info() -> D::TypeInfo {
        <i64 as Type<D>>::type_info()
    }

    fn compatible(found: &D::TypeInfo) -> bool {
        <i64 as Type<D>>::compatible(found)
    }
}

impl<'a, D: Database> Decode<'a, D> for FiscalYear
where
    i64: Decode<'a, D>,
{
    fn decode(value: D::ValueRef<'a>) -> Result<FiscalYear, BoxDynError> {
        Ok(FiscalYear(i32::try_from(i64::decode(value)?)?))
    }
}

impl<'a, D: Database> Encode<'a, D> for FiscalYear
where
    i64: Encode<'a, D>,
{
    fn encode_by_ref(&self, buffer: &mut D::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        i64::from(self.0).encode_by_ref(buffer)
    }
}

/// An id as a column.
macro_rules! id_column {
    ($Id:ident) => {
        impl<D: sqlx::Database> sqlx::Type<D> for $Id
        where
            i64: sqlx::Type<D>,
        {
            fn type_info() -> D::TypeInfo {
                <i64 as sqlx::Type<D>>::type_info()
            }

            fn compatible(found: &D::TypeInfo) -> bool {
                <i64 as sqlx::Type<D>>::compatible(found)
            }
        }

        impl<'a, D: sqlx::Database> sqlx::Decode<'a, D> for $Id
        where
            i64: sqlx::Decode<'a, D>,
        {
            fn decode(value: D::ValueRef<'a>) -> Result<$Id, sqlx::error::BoxDynError> {
                i64::decode(value).map($Id)
            }
        }

        impl<'a, D: sqlx::Database> sqlx::Encode<'a, D> for $Id
        where
            i64: sqlx::Encode<'a, D>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut D::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                self.0.encode_by_ref(buffer)
            }
        }
    };
}
pub(crate) use id_column;
