//! Configuration of one installation: arguments, or the environment variables they name.

use crate::access::keys::Keys;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::store::Connections;
use chrono::NaiveDate;
use clap::Args;
use ipnet::IpNet;
use kokuho_shared::api::session::Environment;
use std::net::IpAddr;
use std::path::PathBuf;

#[derive(Args, Clone, Debug)]
pub struct Config {
    /// sqlite:FILE or postgres://…
    #[arg(
        long,
        env = "KOKUHO_DATABASE",
        default_value = "sqlite:kokuho.db",
        global = true
    )]
    pub database: String,
    /// 全国地方公共団体コード (five digits) of the municipality this installation serves.
    #[arg(
        long,
        env = "KOKUHO_MUNICIPALITY",
        default_value = "27100",
        global = true
    )]
    pub municipality: String,
    /// Connections to the database that this process holds at most; without it two for each processor, and
    /// two more.
    #[arg(
        long,
        env = "KOKUHO_DATABASE_CONNECTIONS",
        default_value_t = Connections::default().0,
        hide_default_value = true,
        value_parser = clap::value_parser!(u32).range(1..=500),
        global = true
    )]
    pub database_connections: u32,
    /// The business date, for demonstration and tests; default is the real day in Japan.
    #[arg(long, env = "KOKUHO_TODAY", global = true)]
    pub today: Option<NaiveDate>,
    /// File with the key that seals second factors; made when it is missing.
    #[arg(
        long,
        env = "KOKUHO_KEYS",
        default_value = "kokuho.keys",
        global = true
    )]
    pub keys: PathBuf,
    /// Folder with residents.toml, incomes.toml and eligibility.toml instead of the shipped ones.
    #[arg(long, env = "KOKUHO_LAYOUTS", global = true)]
    pub layouts: Option<PathBuf>,
    /// Folder for records of looks while the database does not take them; default is beside the SQLite file,
    /// or beside the key file.
    #[arg(long, env = "KOKUHO_SPILL", global = true)]
    pub spill: Option<PathBuf>,
    /// TOML file with the city's own rules of 減免, like the shipped ones.
    #[arg(long, env = "KOKUHO_RELIEFS", global = true)]
    pub reliefs: Option<PathBuf>,
}

/// What letters are set with.
#[derive(Args, Clone, Debug)]
pub struct PressConfig {
    /// Checkout or folder in which the fonts of letters are looked for.
    #[arg(long, env = "KOKUHO_FONTS", default_value = ".")]
    pub fonts: PathBuf,
    /// Folder with a city's own templates of letters.
    #[arg(long, env = "KOKUHO_LETTERS")]
    pub letters: Option<PathBuf>,
    /// TOML file with signed_by, office and contact of letters.
    #[arg(long, env = "KOKUHO_SENDER")]
    pub sender: Option<PathBuf>,
}

/// 連携ファイルの受渡し.
#[derive(Args, Clone, Debug)]
pub struct ExchangeConfig {
    /// Folder through which inquiries leave and answers come in; without it none do.
    #[arg(long, env = "KOKUHO_EXCHANGE")]
    pub exchange: Option<PathBuf>,
    /// Server to which the files of the folder go over HTTP, and from which answers come.
    #[arg(long, env = "KOKUHO_EXCHANGE_URL", requires_all = ["exchange", "exchange_token"])]
    pub exchange_url: Option<String>,
    /// File with the token for that server.
    #[arg(long, env = "KOKUHO_EXCHANGE_TOKEN")]
    pub exchange_token: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub struct WorkerConfig {
    #[command(flatten)]
    pub press: PressConfig,
    /// How many pieces are worked on at once.
    #[arg(long, default_value_t = 1)]
    pub workers: usize,
    /// Seconds after which a worker that was not heard of is taken for dead.
    #[arg(long, default_value_t = 60)]
    pub lease: u64,
    /// End when no job is running any more.
    #[arg(long)]
    pub until_idle: bool,
}

/// 庁内の認証基盤 (OpenID Connect).
#[cfg(feature = "oidc")]
#[derive(Args, Clone, Debug)]
pub struct OidcConfig {
    /// The provider's issuer, for example https://login.city.example; without it there is no such door.
    #[arg(long, env = "KOKUHO_OIDC_ISSUER")]
    pub oidc_issuer: Option<String>,
    #[arg(long, env = "KOKUHO_OIDC_CLIENT", default_value = "kokuho")]
    pub oidc_client: String,
    /// File with the client's secret.
    #[arg(long, env = "KOKUHO_OIDC_SECRET")]
    pub oidc_secret: Option<PathBuf>,
}

#[cfg(feature = "oidc")]
impl OidcConfig {
    /// The provider that is named here, for a server that browsers reach at `public_url`.
    pub fn provider(
        &self,
        public_url: &str,
    ) -> Result<Option<crate::access::oidc::Provider>, ServiceError> {
        let Some(issuer) = &self.oidc_issuer else {
            return Ok(None);
        };
        let refused = |why: String| ServiceError::invalid_at("oidc_secret", why);
        let file = self
            .oidc_secret
            .as_ref()
            .ok_or_else(|| refused("--oidc-secret がありません".into()))?;
        let secret = std::fs::read_to_string(file)
            .map_err(|why| refused(format!("{}: {why}", file.display())))?;
        let settings = crate::access::oidc::Settings {
            issuer: issuer.clone(),
            client: self.oidc_client.clone(),
            secret: secret.trim().to_owned(),
            public_url: public_url.trim_end_matches('/').to_owned(),
        };
        crate::access::oidc::Provider::new(settings).map(Some)
    }
}

#[derive(Args, Clone, Debug)]
pub struct ServeConfig {
    #[command(flatten)]
    pub exchange: ExchangeConfig,
    #[cfg(feature = "oidc")]
    #[command(flatten)]
    pub oidc: OidcConfig,
    /// Address and port.
    #[arg(long, env = "KOKUHO_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// 環境, marked on every screen: production, verification or demonstration. A demonstration's database is
    /// always one.
    #[arg(long, env = "KOKUHO_ENVIRONMENT", default_value = "production", value_parser = environment)]
    pub environment: Environment,
    /// Where browsers reach this server; https://… also makes them stay on https.
    #[arg(
        long,
        env = "KOKUHO_PUBLIC_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    pub public_url: String,
    /// Another name or address under which browsers may ask this server. Repeatable.
    #[arg(
        long = "host",
        env = "KOKUHO_HOSTS",
        value_delimiter = ',',
        value_name = "NAME"
    )]
    pub hosts: Vec<String>,
    /// Network of proxies whose X-Forwarded-For or Forwarded is believed. Repeatable.
    #[arg(
        long = "trusted-proxy",
        env = "KOKUHO_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "CIDR",
        value_parser = network
    )]
    pub trusted_proxies: Vec<IpNet>,
    /// Connections of clients at once; never more than half of the files the system lets us open.
    #[arg(long, env = "KOKUHO_CONNECTIONS", default_value_t = 2_048)]
    pub connections: usize,
    /// Connections from one address at once; a trusted proxy has no such limit.
    #[arg(long, env = "KOKUHO_CONNECTIONS_PER_ADDRESS", default_value_t = 512)]
    pub connections_per_address: usize,
    /// Folder with the built pages (clerk/ and citizen/).
    #[arg(long, env = "KOKUHO_DIST", default_value = "dist")]
    pub dist: PathBuf,
    #[command(flatten)]
    pub press: PressConfig,
    /// How many pieces of long work this server does beside its pages; 0 leaves them to workers.
    #[arg(long, env = "KOKUHO_WORKERS", default_value_t = 1)]
    pub workers: usize,
    /// 管理者一人: an administrator may approve what the same administrator asked for. For a city that
    /// has no second one; on record at each start and at each use.
    #[arg(long, env = "KOKUHO_SINGLE_ADMINISTRATOR")]
    pub single_administrator: bool,
    /// Only the citizen's page and the public estimate, without any database.
    #[arg(long)]
    pub public_only: bool,
}

fn environment(text: &str) -> Result<Environment, String> {
    Environment::of_key(text).ok_or_else(|| Environment::ALL.map(Environment::key).join(", "))
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let whole = text.parse::<IpNet>().map(|network| network.trunc());
    let alone = || text.parse::<IpAddr>().map(IpNet::from);
    whole
        .or_else(|_| alone())
        .map_err(|_| format!("{text} is neither a network like 10.0.0.0/24 nor an address"))
}

impl Config {
    pub fn keys(&self) -> Result<Keys, ServiceError> {
        Keys::load_or_create(&self.keys)
    }

    pub fn clock(&self) -> Clock {
        Clock { today: self.today }
    }

    /// Where looks are put aside while the database does not take them.
    pub fn spill_folder(&self) -> PathBuf {
        if let Some(folder) = &self.spill {
            return folder.clone();
        }
        let file = self.database.strip_prefix("sqlite:");
        let file = file.map(|file| file.trim_start_matches("//"));
        let file = file.map(|file| file.split('?').next().unwrap_or(file));
        let mut beside = match file {
            Some(file) => PathBuf::from(file),
            None => self.keys.clone(),
        };
        beside.as_mut_os_string().push(".looks");
        beside
    }
}
