//! The frame of all screens: sign-in or the screens by their address.

mod guard;
mod home;
mod household;
mod keys;
mod rail;
mod rooms;
mod top;

use crate::access::accounts::AccountsPage;
use crate::assessment::run::list::RunsPage;
use crate::assessment::run::page::RunPage;
use crate::assessment::run::pensions::PensionsPage;
use crate::assessment::run::whatif::WhatIfPage;
use crate::audit::records::AuditPage;
use crate::eligibility::duplicates::DuplicatesPage;
use crate::eligibility::queue::QueuePage;
use crate::eligibility::renewal::{RenewalPage, RenewalsPage};
use crate::eligibility::search::{Search, SearchPage};
use crate::linkage::exchange::ExchangePage;
use crate::linkage::imports::ImportsPage;
use crate::linkage::open::InquiriesPage;
use crate::session::enrol::EnrolPage;
use crate::session::link::{self, LinkPage};
use crate::session::lock::Lock;
use crate::session::notices::Notices;
use crate::session::own::OwnPage;
use crate::session::sign_in::SignInPage;
use crate::state::{Office, Who};
use crate::toast::ToastList;
use crate::{api, state};
use household::HouseholdPage;
use kokuho_shared::api::session::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::path;

#[component]
pub fn Shell() -> impl IntoView {
    let office = Office::new();
    provide_context(office);
    let search = Search::new();
    provide_context(search);
    Effect::new(move |_| {
        office.ended.track();
        search.forget();
    });
    spawn_local(async move {
        let who = api::get::<Session>("/api/session").await;
        office.who.set(who.map_or(Who::Nobody, Who::SignedIn));
    });
    guard::watch(office);
    // Only the household's own page, and only while no second key was given.
    Effect::new(move |_| api::set_unsure(office.unsure.get().is_some()));
    let switches = keys::Switches::new();
    keys::listen(office, switches);
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
    let drawer = RwSignal::new(false);
    let toasts = state::office().toasts;
    view! {
        <Router>
            <top::TopBar session=session.clone() help=switches.help drawer=drawer />
            <rail::Rail session=session.clone() open=drawer />
            <Show when=move || switches.help.get()><keys::Keys switches=switches /></Show>
            <main id="main" class="app-main" tabindex="-1">
                <rail::Tabs session=session />
                <Notices />
                <Routes fallback=NothingHere>
                    <Route path=path!("/") view=home::HomePage />
                    <Route path=path!("/search") view=SearchPage />
                    <Route path=path!("/admin/accounts") view=AccountsPage />
                    <Route path=path!("/admin/audit") view=AuditPage />
                    <Route path=path!("/own") view=OwnPage />
                    <Route path=path!("/sign-in") view=|| view! { <Redirect path="/" /> } />
                    <Route path=path!("/linkage/imports") view=ImportsPage />
                    <Route path=path!("/eligibility/queue") view=QueuePage />
                    <Route path=path!("/linkage/inquiries") view=InquiriesPage />
                    <Route path=path!("/linkage/exchange") view=ExchangePage />
                    <Route path=path!("/assessment/runs") view=RunsPage />
                    <Route path=path!("/assessment/runs/:id") view=RunPage />
                    <Route path=path!("/assessment/whatif") view=WhatIfPage />
                    <Route path=path!("/assessment/pensions") view=PensionsPage />
                    <Route path=path!("/eligibility/duplicates") view=DuplicatesPage />
                    <Route path=path!("/eligibility/renewals") view=RenewalsPage />
                    <Route path=path!("/eligibility/renewals/:id") view=RenewalPage />
                    <Route path=path!("/households/:id/:section?") view=HouseholdPage />
                </Routes>
            </main>
            <ToastList toasts=toasts />
        </Router>
    }
}

#[component]
fn NothingHere() -> impl IntoView {
    state::entered("画面がありません");
    view! {
        <h1 id=state::HEADING tabindex="-1">"この画面はありません"</h1>
        <p>"住所（URL）を確かめるか、"<a href="/">"ホーム"</a>"から開いてください。"</p>
    }
}
