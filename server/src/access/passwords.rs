//! パスワード: which ones are refused, and their hashes (Argon2id), a few at a time.

use crate::error::ServiceError;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use zxcvbn::{Score, zxcvbn};

/// Shorter passwords are refused.
const SHORTEST: usize = 12;
/// Longer ones would only keep a core busy.
pub const LONGEST: usize = 200;
/// A password of fewer different characters is a pattern.
const FEWEST: usize = 5;
/// Each hash needs 19 MiB: few run at once.
const MOST_AT_ONCE: usize = 6;
/// How long signing in waits for a free place.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where hashes are made. The memory of one is used for the next: given back, an allocator would keep
/// it in pieces and take more.
struct Bench {
    places: Arc<Semaphore>,
    memories: Mutex<Vec<Vec<Block>>>,
}

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Bench {
        places: Arc::new(Semaphore::new((2 * cores).min(MOST_AT_ONCE))),
        memories: Mutex::default(),
    }
});

impl Bench {
    fn memories(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a core for a while; as many at once as there are places.
    fn digest(
        &self,
        argon: &Argon2<'_>,
        password: &str,
        salt: &[u8],
        length: usize,
    ) -> Result<Output, ServiceError> {
        let mut memory = self.memories().pop().unwrap_or_default();
        let blocks = argon.params().block_count();
        memory.resize(memory.len().max(blocks), Block::default());
        let mut out = vec![0u8; length];
        let done =
            argon.hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut memory);
        self.memories().push(memory);
        done.map_err(internal)?;
        Output::new(&out).map_err(internal)
    }
}

/// Refuses a new password that is too short, common, a pattern, or made of what everybody in the
/// office knows: the login and the words given.
pub fn check(password: &str, login: &str, known: &[&str]) -> Result<(), ServiceError> {
    let wrong = |text: String| Err(ServiceError::invalid_at("password", text));
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return wrong(format!(
            "パスワードは{SHORTEST}文字以上{LONGEST}文字以下にしてください"
        ));
    }
    let small = password.to_lowercase();
    let contains = |word: &&str| !word.is_empty() && small.contains(&word.to_lowercase());
    if known.iter().chain(&[login, "kokuho", "国保"]).any(contains) {
        return wrong("利用者名や市の名前、「kokuho」を含むパスワードは使えません".into());
    }
    let mut letters: Vec<char> = small.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < FEWEST || zxcvbn(password, known).score() < Score::Three {
        return wrong(
            "よく使われる、または並びが単純で推測されやすいパスワードです。関係のない言葉をいくつかつなげてください"
                .into(),
        );
    }
    Ok(())
}

/// The hash of a password that was checked; waits until there is a place.
pub async fn hashed(password: &str) -> Result<String, ServiceError> {
    let place = BENCH.places.clone().acquire_owned().await;
    let password = password.to_owned();
    work(place.map_err(internal)?, move || hash(&password)).await?
}

/// Whether a password is the one of a hash. Without a hash it takes as long, and is not.
pub async fn is_right(password: &str, stored: Option<&str>) -> Result<bool, ServiceError> {
    // Longer than any password: not hashed.
    if password.chars().count() > LONGEST {
        return Ok(false);
    }
    let place = timeout(PATIENCE, BENCH.places.clone().acquire_owned()).await;
    let place = place.map_err(|_| ServiceError::Busy)?.map_err(internal)?;
    let (password, stored) = (password.to_owned(), stored.map(str::to_owned));
    work(place, move || {
        match stored.as_deref().map(PasswordHash::new) {
            Some(Ok(stored)) => verify(&password, &stored),
            // No account of this login, or no password chosen yet.
            _ => hash(&password).map(|_| false),
        }
    })
    .await?
}

/// Whether a hash was made with less work than is usual now.
pub fn is_outdated(stored: &str) -> bool {
    let params = PasswordHash::new(stored).and_then(|hash| Params::try_from(&hash));
    params.is_ok_and(|params| {
        params.m_cost() < Params::DEFAULT_M_COST || params.t_cost() < Params::DEFAULT_T_COST
    })
}

/// Hashing takes a core for a while; it must not stop the others. The place is kept until it is
/// done, also when nobody waits for it any more.
async fn work<T: Send + 'static>(
    place: OwnedSemaphorePermit,
    task: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        task()
    });
    done.await.map_err(internal)
}

fn hash(password: &str) -> Result<String, ServiceError> {
    let argon = Argon2::default();
    let salt = SaltString::generate(&mut OsRng);
    let mut bytes = [0u8; Salt::MAX_LENGTH];
    let raw = salt.decode_b64(&mut bytes).map_err(internal)?;
    let digest = BENCH.digest(&argon, password, raw, Params::DEFAULT_OUTPUT_LEN)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon.params()).map_err(internal)?,
        salt: Some(salt.as_salt()),
        hash: Some(digest),
    };
    Ok(hash.to_string())
}

/// Compares in a time that does not tell where the digests differ.
fn verify(password: &str, stored: &PasswordHash<'_>) -> Result<bool, ServiceError> {
    let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
        return Ok(false);
    };
    let algorithm = Algorithm::try_from(stored.algorithm).map_err(internal)?;
    let version = stored.version.map(Version::try_from).transpose();
    let version = version.map_err(internal)?.unwrap_or_default();
    let params = Params::try_from(stored).map_err(internal)?;
    let mut bytes = [0u8; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes).map_err(internal)?;
    let argon = Argon2::new(algorithm, version, params);
    Ok(BENCH.digest(&argon, password, salt, expected.len())? == expected)
}

fn internal(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};

    fn refused(password: &str) -> bool {
        check(password, "hanako", &["泉佐野市"]).is_err()
    }

    #[test]
    fn common_short_and_patterned_passwords_and_those_with_known_words_are_refused() {
        for password in [
            "short",
            "password1234",
            "passwordpassword",
            "qwertyuiop123",
            "123456789012",
            "abcdefghijklm",
            "aaaaaaaaaaaaaaaa",
            "ababababababab",
            "ああああああああああああ",
            "iloveyou2026!",
            "xHanako-tsuki-99",
            "Kokuho-umi-7-yama",
            "泉佐野市の海と山と空と星",
            "国保の海と山と空と星と月",
        ] {
            assert!(refused(password), "{password}");
        }
        assert!(refused(&"long and ok ".repeat(20)));
    }

    #[test]
    fn a_few_words_that_have_nothing_to_do_with_each_other_are_accepted() {
        for password in [
            "tsukue-hikari-42-sora",
            "やま 毎朝 の 消しゴム 青い船",
            "v9#kd02mQx!p",
        ] {
            assert!(!refused(password), "{password}");
        }
    }

    #[test]
    fn a_hash_is_that_of_its_password_and_of_no_other_also_as_the_library_makes_it() {
        let library = Argon2::default();
        let salt = SaltString::generate(&mut OsRng);
        let theirs = library.hash_password(b"right", &salt).unwrap();
        let ours = hash("right").unwrap();
        let ours = PasswordHash::new(&ours).unwrap();
        assert!(library.verify_password(b"right", &ours).is_ok());
        for stored in [&theirs, &ours] {
            assert!(verify("right", stored).unwrap() && !verify("wrong", stored).unwrap());
        }
    }

    #[test]
    fn a_hash_of_less_work_is_outdated() {
        let salt = SaltString::generate(&mut OsRng);
        let less = Params::new(8_192, 1, 1, None).unwrap();
        let less = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, less);
        let less = less.hash_password(b"x", &salt).unwrap().to_string();
        assert!(is_outdated(&less) && !is_outdated(&hash("x").unwrap()));
    }
}
