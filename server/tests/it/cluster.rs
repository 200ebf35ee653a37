//! A private PostgreSQL for this test process, on a socket in a folder of its own. A child
//! that waits on our pipe stops it when this process ends, however it ends.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether what is committed is on the disk: for measurements. Tests need no such patience.
pub static DURABLE: AtomicBool = AtomicBool::new(false);

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

struct Cluster {
    folder: PathBuf,
    /// Held so that its pipe stays open as long as we live.
    _supervisor: Child,
}

/// Creates an empty database and returns its URL.
pub fn new_database(name: &str) -> String {
    let cluster = CLUSTER.get_or_init(start);
    let folder = cluster.folder.display();
    run(server_command("createdb").args([
        "-h",
        &cluster.folder.to_string_lossy(),
        "-U",
        "kokuho",
        name,
    ]));
    format!("postgres:///{name}?host={folder}&user=kokuho")
}

/// A database with the same content, while nobody is connected; returns its URL.
pub fn copy(url: &str, suffix: &str) -> String {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let to = format!("{file}.{suffix}");
        std::fs::copy(file, &to).expect("a copy of the database");
        return format!("sqlite:{to}");
    }
    let cluster = CLUSTER.get_or_init(start);
    let name = url.trim_start_matches("postgres:///");
    let name = name.split('?').next().unwrap_or(name);
    let folder = cluster.folder.to_string_lossy().into_owned();
    let to = format!("{name}{suffix}");
    run(server_command("createdb").args(["-h", &folder, "-U", "kokuho", "-T", name, &to]));
    url.replacen(&format!("/{name}?"), &format!("/{to}?"), 1)
}

/// A role that may sign in and owns nothing.
pub fn add_role(name: &str) {
    let cluster = CLUSTER.get_or_init(start);
    let folder = cluster.folder.to_string_lossy().into_owned();
    run(server_command("createuser").args(["-h", &folder, "-U", "kokuho", name]));
}

#[allow(dead_code, reason = "used by the measurement of clerks")]
/// What the cluster's log says so far.
pub fn log() -> String {
    let cluster = CLUSTER.get_or_init(start);
    std::fs::read_to_string(cluster.folder.join("data/log")).expect("the cluster's log")
}

#[allow(dead_code, reason = "used by the measurement of clerks")]
/// How often a second pgbench does a script on a database, through so many connections.
pub fn pgbench(name: &str, script: &str, connections: u32) -> u64 {
    let cluster = CLUSTER.get_or_init(start);
    let folder = cluster.folder.to_string_lossy().into_owned();
    let file = cluster.folder.join("script.sql");
    std::fs::write(&file, script).expect("a script");
    let output = server_command("pgbench")
        .args(["-h", &folder, "-U", "kokuho", "-n", "-M", "prepared"])
        .args(["-c", &connections.to_string(), "-j", "2", "-T", "6", "-f"])
        .arg(&file)
        .arg(name)
        .output()
        .expect("pgbench starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let told = told.and_then(|told| told.split(['.', ' ']).next()?.parse().ok());
    told.unwrap_or_else(|| {
        let why = String::from_utf8_lossy(&output.stderr);
        panic!("pgbench: {text}\n{why}\n{script}")
    })
}

/// The address of a database behind PgBouncer in session mode, which is started for it.
pub fn pooled(url: &str) -> String {
    let cluster = CLUSTER.get_or_init(start);
    let folder = cluster.folder.to_string_lossy().into_owned();
    let file = cluster.folder.join("pgbouncer.ini");
    let text = format!(
        "[databases]\n* = host={folder} user=kokuho\n[pgbouncer]\nlisten_addr =\nlisten_port = 6543\n\
         unix_socket_dir = {folder}\nauth_type = any\npool_mode = session\nmax_client_conn = 100\n\
         default_pool_size = 40\npidfile = {folder}/pgbouncer.pid\n"
    );
    std::fs::write(&file, text).expect("settings of the pooler");
    // It ends with the cluster: the supervisor knows its number.
    run(server_command("pgbouncer").args(["-d", "-q"]).arg(&file));
    let socket = cluster.folder.join(".s.PGSQL.6543");
    let begun = std::time::Instant::now();
    while !socket.exists() {
        assert!(begun.elapsed().as_secs() < 30, "PgBouncer does not start");
        std::thread::yield_now();
    }
    url.replacen(
        &format!("host={folder}"),
        &format!("host={folder}&port=6543"),
        1,
    )
}

/// Saves a database with pg_dump and restores it with pg_restore under another name.
pub fn dumped_and_restored(url: &str) -> String {
    let cluster = CLUSTER.get_or_init(start);
    let name = url.trim_start_matches("postgres:///");
    let name = name.split('?').next().unwrap_or(name);
    let folder = cluster.folder.to_string_lossy().into_owned();
    let file = format!("{folder}/{name}.dump");
    let to = format!("{name}restored");
    let place = ["-h", &folder, "-U", "kokuho"];
    run(server_command("pg_dump")
        .args(place)
        .args(["-Fc", "-f", &file, name]));
    run(server_command("createdb").args(place).arg(&to));
    run(server_command("pg_restore")
        .args(place)
        .args(["-d", &to, "--exit-on-error", &file]));
    url.replacen(&format!("/{name}?"), &format!("/{to}?"), 1)
}

fn start() -> Cluster {
    let folder = std::env::temp_dir().join(format!("kokuho-pg-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("folder for PostgreSQL");
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(&folder));
    }
    let data = folder.join("data");
    let initdb = [
        "-U",
        "kokuho",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
        "-D",
    ];
    run(server_command("initdb")
        .args(initdb)
        .arg(&data)
        .stdout(Stdio::null()));
    let careless = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";
    // As docs/OPERATIONS.md tells a city to set it up.
    let careful = "-c shared_buffers=2GB -c effective_cache_size=8GB -c max_wal_size=8GB -c checkpoint_timeout=15min";
    let care = if DURABLE.load(Ordering::Relaxed) {
        careful
    } else {
        careless
    };
    let options = format!(
        "-c listen_addresses='' -c unix_socket_directories={} {care} -c max_connections=300",
        folder.display()
    );
    let log = data.join("log");
    run(server_command("pg_ctl")
        .arg("-D")
        .arg(&data)
        .args(["-w", "-l"])
        .arg(&log)
        .args(["-o", &options, "start"])
        .stdout(Stdio::null()));
    Cluster {
        _supervisor: supervise(&folder, &data),
        folder,
    }
}

/// Waits until our end of the pipe closes, then stops the cluster and removes its folder.
fn supervise(folder: &Path, data: &Path) -> Child {
    let stop = server_command("pg_ctl");
    let mut words: Vec<String> = vec![quote(stop.get_program().to_string_lossy().as_ref())];
    words.extend(stop.get_args().map(|word| quote(&word.to_string_lossy())));
    let script = format!(
        "cat >/dev/null; cd /; test -f {2}/pgbouncer.pid && kill $(cat {2}/pgbouncer.pid) 2>/dev/null; \
         {0} -D {1} -m immediate -w stop >/dev/null 2>&1; rm -rf {2}",
        words.join(" "),
        quote(&data.to_string_lossy()),
        quote(&folder.to_string_lossy())
    );
    let supervisor = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .spawn();
    supervisor.expect("sh can be started")
}

fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn is_root() -> bool {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .expect("id can be started");
    id.stdout.starts_with(b"0\n")
}

/// A program of PostgreSQL; as root it runs as the user postgres, since it refuses root.
fn server_command(program: &str) -> Command {
    let path = match program {
        "pgbouncer" => PathBuf::from("/usr/sbin/pgbouncer"),
        _ => binaries().join(program),
    };
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args([
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                "--",
            ])
            .arg(path);
        command
    } else {
        Command::new(path)
    };
    command.current_dir("/").stdin(Stdio::null());
    command
}

/// The newest installed PostgreSQL.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok())
        .max()
        .expect("PostgreSQL must be installed (apt-get install postgresql)");
    PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin"))
}

fn run(command: &mut Command) {
    let status = command
        .status()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
