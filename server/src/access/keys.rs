//! 鍵: what must not be readable from the database alone is sealed with a key that lies
//! outside it (AES-256-GCM). Losing the file means that second factors are set up anew.

use crate::error::ServiceError;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

const NONCE: usize = 12;

/// The installation's key.
#[derive(Clone)]
pub struct Keys {
    cipher: Arc<Aes256Gcm>,
    /// Of digests by which something sealed is found again; another key than the cipher's.
    index: [u8; 32],
}

impl Keys {
    /// Reads the key file, or makes one that only its owner can read.
    pub fn load_or_create(path: &Path) -> Result<Keys, ServiceError> {
        let wrong =
            |why: String| ServiceError::Internal(format!("鍵ファイル {}: {why}", path.display()));
        if !path.exists() {
            let mut key = [0u8; 32];
            getrandom::fill(&mut key).map_err(|error| wrong(error.to_string()))?;
            let file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path);
            let written = file.and_then(|mut file| {
                file.write_all(super::hex(&key).as_bytes())
                    .and_then(|()| file.sync_all())
            });
            written.map_err(|error| wrong(error.to_string()))?;
        }
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let key = super::from_hex(text.trim()).filter(|key| key.len() == 32);
        let key = key.ok_or_else(|| wrong("16進数64桁ではありません".into()))?;
        Keys::from_bytes(&key)
    }

    pub fn from_bytes(key: &[u8]) -> Result<Keys, ServiceError> {
        let cipher = Aes256Gcm::new_from_slice(key);
        let cipher = cipher.map_err(|_| ServiceError::Internal("鍵の長さが違います".into()))?;
        Ok(Keys {
            cipher: Arc::new(cipher),
            index: Sha256::new()
                .chain_update(b"kokuho blind index 1")
                .chain_update(key)
                .finalize()
                .into(),
        })
    }

    /// Seals bytes for one place: moved to another place they cannot be opened.
    pub fn seal(&self, place: &str, bytes: &[u8]) -> Result<String, ServiceError> {
        let mut nonce = [0u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| ServiceError::Internal(error.to_string()))?;
        let payload = Payload {
            msg: bytes,
            aad: place.as_bytes(),
        };
        let sealed = self.cipher.encrypt(Nonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| ServiceError::Internal("封印できません".into()))?;
        Ok(super::hex(&[&nonce[..], &sealed].concat()))
    }

    /// A digest by which the same text is found again, and nothing else can be told of it without
    /// the key.
    pub fn digest(&self, text: &[u8]) -> Result<String, ServiceError> {
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.index);
        let mac = mac.map_err(|_| ServiceError::Internal("鍵の長さが違います".into()))?;
        let done = mac.chain_update(text).finalize();
        Ok(super::hex(&done.into_bytes()))
    }

    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, ServiceError> {
        let wrong = || {
            ServiceError::Internal("封印を開けません（鍵が違うか、書き換えられています）".into())
        };
        let bytes = super::from_hex(sealed)
            .filter(|bytes| bytes.len() > NONCE)
            .ok_or_else(wrong)?;
        let (nonce, sealed) = bytes.split_at(NONCE);
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        self.cipher
            .decrypt(Nonce::from_slice(nonce), payload)
            .map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_with_its_key_and_unchanged() {
        let keys = Keys::from_bytes(&[7; 32]).unwrap();
        let sealed = keys.seal("factor:clerk", b"secret").unwrap();
        assert_eq!(keys.open("factor:clerk", &sealed).unwrap(), b"secret");
        assert!(keys.open("factor:other", &sealed).is_err());
        assert!(
            Keys::from_bytes(&[8; 32])
                .unwrap()
                .open("factor:clerk", &sealed)
                .is_err()
        );
        let mut changed = sealed.clone();
        let last = if changed.pop() == Some('0') { '1' } else { '0' };
        changed.push(last);
        assert!(keys.open("factor:clerk", &changed).is_err());
        assert!(keys.open("factor:clerk", "").is_err());
    }
}
