//! 職員の画面: one page that talks to the office's server.

mod access;
mod api;
mod assessment;
mod audit;
mod card;
mod case;
mod clock;
mod collection;
mod correspondence;
mod dom;
mod eligibility;
mod events;
mod figures;
mod jobs;
mod linkage;
mod listing;
mod provision;
mod room;
mod session;
mod shell;
mod state;
mod table;
mod toast;
mod words;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(shell::Shell);
}
