//! 市民の試算: the premium of the year, on the citizen's own device. Nothing is sent.

mod bar;
mod birth;
mod check;
mod clock;
mod days;
mod effects;
mod events;
mod figures;
mod form;
mod income;
mod keep;
mod kinds;
mod page;
mod payments;
mod people;
mod problems;
mod result;
mod situation;
mod steps;
mod summary;
mod town;
mod why;
mod words;

fn main() {
    register_service_worker();
    leptos::mount::mount_to_body(page::Page);
}

/// After the first visit the page works without a network. A browser that refuses the worker
/// shows the page all the same.
fn register_service_worker() {
    if let Some(window) = web_sys::window() {
        let _ = window.navigator().service_worker().register("./sw.js");
    }
}
