//! Counting: every runner's closing words become two numbers.

use serde_json::Value;
use std::ops::AddAssign;

/// Tests that passed and that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

impl Count {
    /// One check that either passed or failed.
    pub fn one(passed: bool) -> Count {
        Count {
            passed: u64::from(passed),
            failed: u64::from(!passed),
        }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Passed and failed of a closing line of one Rust test binary.
pub fn rust(line: &str) -> Option<Count> {
    let rest = line.strip_prefix("test result: ")?;
    let number = |word: &str| {
        rest.split(word)
            .next()?
            .split_whitespace()
            .last()?
            .parse()
            .ok()
    };
    Some(Count {
        passed: number(" passed")?,
        failed: number(" failed")?,
    })
}

/// Passed and failed of the browser tests' report; a test that was skipped has failed.
pub fn playwright(report: &Value) -> Option<Count> {
    let stats = report.get("stats")?;
    let number = |key: &str| stats.get(key).and_then(Value::as_u64);
    let broken = report
        .get("errors")
        .and_then(Value::as_array)
        .map_or(0, |errors| errors.len() as u64);
    Some(Count {
        passed: number("expected")?,
        failed: number("unexpected")? + number("flaky")? + number("skipped")? + broken,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_closing_line_gives_both_counts_and_any_other_line_none() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured";
        assert_eq!(
            rust(line),
            Some(Count {
                passed: 12,
                failed: 3
            })
        );
        assert_eq!(rust("test income::a ... ok"), None);
    }

    #[test]
    fn a_browser_test_that_was_skipped_or_flaky_counts_as_failed() {
        let report = json!({"stats": {"expected": 5, "unexpected": 1, "flaky": 1, "skipped": 2}, "errors": []});
        assert_eq!(
            playwright(&report),
            Some(Count {
                passed: 5,
                failed: 4
            })
        );
        assert_eq!(playwright(&json!({})), None);
    }
}
