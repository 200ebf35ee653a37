//! 照会の状態: every step that an inquiry can take, and no other.

use serde::{Deserialize, Serialize};

/// Where an inquiry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InquiryState {
    #[strum(message = "送信待ち")]
    Queued,
    /// 送信済み・回答待ち.
    #[strum(message = "回答待ち")]
    Sent,
    /// 回答あり・確認待ち.
    #[strum(message = "回答あり")]
    Answered,
    /// 一部回答・確認待ち.
    #[strum(message = "一部回答")]
    Partial,
    /// 本人不一致: the answer is of somebody who differs in two items or more.
    #[strum(message = "本人不一致")]
    Mismatched,
    #[strum(message = "該当なし")]
    NoRecord,
    #[strum(message = "副本未登録")]
    NotRegistered,
    /// 自動応答不可: the holder answers by hand; the answer may still come.
    #[strum(message = "自動応答不可")]
    ManualPending,
    /// 不開示・提供不可.
    #[strum(message = "不開示")]
    Refused,
    #[strum(message = "エラー")]
    Failed,
    #[strum(message = "期限切れ")]
    TimedOut,
    /// 採用した.
    #[strum(message = "採用済み")]
    Adopted,
    /// 採用しなかった.
    #[strum(message = "不採用")]
    Rejected,
    /// 公用照会など、紙に切り替えた.
    #[strum(message = "文書照会に切替")]
    OnPaper,
    /// 取り消した.
    #[strum(message = "取消し")]
    Cancelled,
    /// 再照会した: another inquiry asks again, under its own number.
    #[strum(message = "再照会済み")]
    Repeated,
}

coded!(InquiryState, named);

/// What happens to an inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    Send,
    Answer(Outcome),
    TimeOut,
    Retry,
    Adopt,
    Reject,
    ToPaper,
    Cancel,
}

/// 結果 of an answer, after its person was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Complete { matched: bool },
    Partial { matched: bool },
    NoRecord,
    NotRegistered,
    ManualPending,
    Refused,
    Failed,
}

impl InquiryState {
    /// Nothing happens to it any more.
    pub fn is_closed(self) -> bool {
        matches!(
            self,
            InquiryState::Adopted
                | InquiryState::Rejected
                | InquiryState::OnPaper
                | InquiryState::Cancelled
                | InquiryState::Repeated
        )
    }

    /// A decision made meanwhile is provisional.
    pub fn is_open(self) -> bool {
        !self.is_closed()
    }

    /// Somebody of the office has to do something.
    pub fn waits_for_us(self) -> bool {
        self.is_open()
            && !matches!(
                self,
                InquiryState::Queued | InquiryState::Sent | InquiryState::ManualPending
            )
    }

    /// The state after something has happened; `None` where it cannot happen.
    pub fn after(self, happening: Happening) -> Option<InquiryState> {
        use InquiryState::*;
        // Answered although the sending was not noted: it was killed in between.
        let waiting = matches!(self, Queued | Sent | ManualPending | TimedOut);
        match (self, happening) {
            (Queued, Happening::Send) => Some(Sent),
            // An answer that comes after the deadline is still an answer.
            (_, Happening::Answer(result)) if waiting => Some(answered(result)),
            (Sent | ManualPending, Happening::TimeOut) => Some(TimedOut),
            (Failed | TimedOut | NotRegistered | NoRecord, Happening::Retry) => Some(Repeated),
            (Answered | Partial, Happening::Adopt) => Some(Adopted),
            (
                Answered | Partial | Mismatched | NoRecord | NotRegistered | Refused | Failed
                | TimedOut,
                Happening::Reject,
            ) => Some(Rejected),
            (
                NoRecord | NotRegistered | ManualPending | Refused | Failed | TimedOut | Mismatched
                | Partial,
                Happening::ToPaper,
            ) => Some(OnPaper),
            (Queued, Happening::Cancel) => Some(Cancelled),
            _ => None,
        }
    }
}

fn answered(result: Outcome) -> InquiryState {
    match result {
        Outcome::Complete { matched: true } => InquiryState::Answered,
        Outcome::Partial { matched: true } => InquiryState::Partial,
        Outcome::Complete { .. } | Outcome::Partial { .. } => InquiryState::Mismatched,
        Outcome::NoRecord => InquiryState::NoRecord,
        Outcome::NotRegistered => InquiryState::NotRegistered,
        Outcome::ManualPending => InquiryState::ManualPending,
        Outcome::Refused => InquiryState::Refused,
        Outcome::Failed => InquiryState::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAPPENINGS: [Happening; 8] = [
        Happening::Send,
        Happening::Answer(Outcome::Complete { matched: true }),
        Happening::TimeOut,
        Happening::Retry,
        Happening::Adopt,
        Happening::Reject,
        Happening::ToPaper,
        Happening::Cancel,
    ];

    #[test]
    fn a_closed_inquiry_stays_as_it_is_and_an_open_one_can_always_be_closed() {
        for state in InquiryState::ALL {
            let next: Vec<_> = HAPPENINGS
                .iter()
                .filter_map(|each| state.after(*each))
                .collect();
            assert_eq!(next.is_empty(), state.is_closed(), "{state:?}");
            let mut reached = vec![state];
            for at in 0.. {
                let Some(from) = reached.get(at).copied() else {
                    break;
                };
                for happening in HAPPENINGS {
                    let after = from.after(happening);
                    reached.extend(after.filter(|state| !reached.contains(state)));
                }
            }
            assert!(reached.iter().any(|state| state.is_closed()), "{state:?}");
        }
    }

    #[test]
    fn an_answer_of_somebody_else_is_never_adopted() {
        for result in [
            Outcome::Complete { matched: false },
            Outcome::Partial { matched: false },
        ] {
            let state = InquiryState::Sent.after(Happening::Answer(result)).unwrap();
            assert_eq!(state, InquiryState::Mismatched);
            assert_eq!(state.after(Happening::Adopt), None);
        }
    }

    #[test]
    fn an_answer_counts_once_and_also_after_the_deadline() {
        let answer = Happening::Answer(Outcome::Complete { matched: true });
        assert_eq!(
            InquiryState::TimedOut.after(answer),
            Some(InquiryState::Answered)
        );
        for state in [
            InquiryState::Answered,
            InquiryState::Adopted,
            InquiryState::Rejected,
            InquiryState::OnPaper,
        ] {
            assert_eq!(state.after(answer), None, "{state:?}");
        }
    }

    #[test]
    fn no_record_is_never_taken_for_an_answer() {
        let state = InquiryState::Sent
            .after(Happening::Answer(Outcome::NoRecord))
            .unwrap();
        assert_eq!(
            (state, state.after(Happening::Adopt)),
            (InquiryState::NoRecord, None)
        );
    }
}
