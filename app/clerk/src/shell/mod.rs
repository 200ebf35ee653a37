//! The frame of all screens: sign-in or the screens by their address.

mod header;
mod keys;
mod rooms;

use crate::access::accounts::AccountsPage;
use crate::assessment::run::list::RunsPage;
use crate::assessment::run::page::RunPage;
use crate::assessment::run::pensions::PensionsPage;
use crate::assessment::run::whatif::WhatIfPage;
use crate::audit::records::AuditPage;
use crate::eligibility::duplicates::DuplicatesPage;
use crate::eligibility::household::HouseholdPage;
use crate::eligibility::queue::QueuePage;
use crate::eligibility::renewal::{RenewalPage, RenewalsPage};
use crate::eligibility::search::SearchPage;
use crate::linkage::imports::ImportsPage;
use crate::linkage::open::InquiriesPage;
use crate::session::enrol::EnrolPage;
use crate::session::link::{self, LinkPage};
use crate::session::lock::Lock;
use crate::session::notices::Notices;
use crate::session::own::OwnPage;
use crate::session::sign_in::SignInPage;
use crate::state::{Office, Who};
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::session::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::path;

#[component]
pub fn Shell() -> impl IntoView {
    let office = Office::new();
    provide_context(office);
    spawn_local(async move {
        let who = api::get::<Session>("/api/session").await;
        office.who.set(who.map_or(Who::Nobody, Who::SignedIn));
    });
    let switches = keys::Switches::new();
    keys::listen(office, switches);
    // The frame lives as long as the page, and so do its listeners.
    let _ = window_event_listener(leptos::ev::beforeunload, move |event| {
        if office.unsaved.get_untracked() {
            event.prevent_default();
        }
    });
    view! {
        <div class="app">
            <a class="skip-link" href="#main">"本文へ"</a>
            <Lock />
            {move || match office.who.get() {
                // Also while another account is signed in here: the link is for its own account.
                _ if link::is_open() => view! {
                    <main id="main" class="app-main" tabindex="-1"><LinkPage /></main>
                }.into_any(),
                Who::Asking => view! {
                    <main id="main" class="app-main"><p role="status">"読み込んでいます…"</p></main>
                }.into_any(),
                Who::Nobody => view! {
                    <main id="main" class="app-main" tabindex="-1"><SignInPage /></main>
                }.into_any(),
                Who::Locked(_) => view! {
                    <main id="main" class="app-main" tabindex="-1"><SignInPage locked=true /></main>
                }.into_any(),
                Who::SignedIn(session) if session.enrolling => view! {
                    <main id="main" class="app-main" tabindex="-1"><EnrolPage /></main>
                }.into_any(),
                Who::SignedIn(session) => view! { <Screens session=session switches=switches /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Screens(session: Session, switches: keys::Switches) -> impl IntoView {
    view! {
        <Router>
            <header::Header session=session help=switches.help />
            <Show when=move || switches.help.get()><keys::Keys switches=switches /></Show>
            <main id="main" class="app-main" tabindex="-1">
                <Notices />
                <Routes fallback=NothingHere>
                    <Route path=path!("/") view=First />
                    <Route path=path!("/accounts") view=AccountsPage />
                    <Route path=path!("/audit") view=AuditPage />
                    <Route path=path!("/own") view=OwnPage />
                    <Route path=path!("/sign-in") view=|| view! { <Redirect path="/" /> } />
                    <Route path=path!("/imports") view=ImportsPage />
                    <Route path=path!("/queue") view=QueuePage />
                    <Route path=path!("/inquiries") view=InquiriesPage />
                    <Route path=path!("/runs") view=RunsPage />
                    <Route path=path!("/runs/:id") view=RunPage />
                    <Route path=path!("/whatif") view=WhatIfPage />
                    <Route path=path!("/pensions") view=PensionsPage />
                    <Route path=path!("/duplicates") view=DuplicatesPage />
                    <Route path=path!("/renewals") view=RenewalsPage />
                    <Route path=path!("/renewals/:id") view=RenewalPage />
                    <Route path=path!("/households/:id") view=HouseholdPage />
                </Routes>
            </main>
        </Router>
    }
}

/// The first screen is the one that the role is here for.
#[component]
fn First() -> impl IntoView {
    let office = state::office();
    if office.may(Action::ReadHousehold) {
        return view! { <SearchPage /> }.into_any();
    }
    if office.may(Action::ManageAccounts) {
        return view! { <Redirect path="/accounts" /> }.into_any();
    }
    if office.may(Action::ReadAudit) {
        return view! { <Redirect path="/audit" /> }.into_any();
    }
    if office.may(Action::ReadImports) {
        return view! { <Redirect path="/imports" /> }.into_any();
    }
    state::entered("はじめに");
    view! {
        <h1 id=state::HEADING tabindex="-1">"はじめに"</h1>
        <p>"あなたの職務で使う画面は、上の一覧から開けます。"</p>
    }
    .into_any()
}

#[component]
fn NothingHere() -> impl IntoView {
    state::entered("画面がありません");
    view! {
        <h1 id=state::HEADING tabindex="-1">"この画面はありません"</h1>
        <p>"住所（URL）を確かめるか、"<a href="/">"検索"</a>"から開いてください。"</p>
    }
}
