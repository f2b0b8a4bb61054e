//! Servers as child processes, which end with the process that started them.

use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::Outcome;
use super::install::{self, Program};

/// Starts the server and waits for the end of its own input, which comes with the end of the tests'
/// process, even when that is killed: then it ends the server, and clears up after it. The server's
/// input is nothing, so that it holds no end of that pipe.
const KEEPER: &str = r#"
data=$1; shift
"$@" </dev/null 2>&1 &
exec >/dev/null 2>&1
read -r _
kill -KILL "$!"
wait
rm -rf "$data"
"#;

/// What a server says is kept up to this many bytes, for when it does not start.
const MAX_SAID: usize = 64 * 1024;

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    /// The end of its input ends the server.
    keeper: Child,
    said: Arc<Mutex<Vec<u8>>>,
    ended: Arc<AtomicBool>,
}

impl Server {
    /// Starts a program with a folder of its own for its data.
    pub(super) fn start(program: &Program, arguments: &[String], data: &Path) -> Outcome<Server> {
        fs::create_dir_all(data)?;
        for (name, content) in &program.files {
            fs::write(data.join(name), content)?;
        }
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "sh"]).arg(data).args(&program.words).args(arguments);
        command.envs(program.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .current_dir(data);
        // Ctrl-C in a terminal goes to the tests, whose end is then the server's.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut keeper =
            command.spawn().map_err(|error| format!("a server needs `sh` to be kept: {error}"))?;
        let said = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        if let Some(mut output) = keeper.stdout.take() {
            let (said, ended) = (Arc::clone(&said), Arc::clone(&ended));
            thread::spawn(move || {
                let mut room = [0; 4096];
                while let Ok(count @ 1..) = output.read(&mut room) {
                    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                    let free = MAX_SAID.saturating_sub(said.len()).min(count);
                    said.extend_from_slice(room.get(..free).unwrap_or_default());
                }
                ended.store(true, Ordering::SeqCst);
            });
        }
        Ok(Server { keeper, said, ended })
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.ended.load(Ordering::SeqCst)
    }

    /// What it said so far; the last lines.
    pub(super) fn said(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&said).into_owned();
        let last: Vec<&str> = text.lines().rev().take(12).collect();
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// How often a start is tried: a port that was free may be taken when the server comes to it.
const ATTEMPTS: usize = 3;

/// Starts a server with so many free ports, and gives it with the ports once `is_ready` has it
/// that it answers.
pub(super) fn start_with_ports<const PORTS: usize>(
    name: &str,
    program: &Program,
    arguments: impl Fn(&[u16; PORTS]) -> Vec<String>,
    is_ready: impl Fn(&[u16; PORTS], &Server) -> Outcome<()>,
) -> Outcome<(Server, [u16; PORTS])> {
    let mut failure = None;
    for attempt in 0..ATTEMPTS {
        let ports = free_ports()?;
        let data =
            install::root()?.join("data").join(format!("{name}-{}-{attempt}", std::process::id()));
        let server = Server::start(program, &arguments(&ports), &data)?;
        match is_ready(&ports, &server) {
            Ok(()) => return Ok((server, ports)),
            Err(error) => {
                failure = Some(format!("{name} does not answer: {error}\n{}", server.said()));
            }
        }
    }
    Err(failure.unwrap_or_default().into())
}

/// Ports of the loopback address that nobody listens on; all different.
fn free_ports<const COUNT: usize>() -> Outcome<[u16; COUNT]> {
    let mut ports = [0; COUNT];
    let mut held = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
