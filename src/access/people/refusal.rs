use crate::locale::Message;

/// Why a sign-in came to nothing. Each has a stable code and says what to do next; nothing of the provider's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInRefusal {
    /// No provider of this name, or none at all.
    NoProvider,
    /// The page to return to is not one of the hub's own.
    ReturnElsewhere,
    /// A parameter stands twice or is longer than any could be.
    Malformed,
    StateMissing,
    /// Never begun here, finished already, or let go of.
    StateUnknown,
    Expired,
    /// The browser did not bring the cookie that it got at the beginning.
    CookieMissing,
    OtherBrowser,
    /// The answer comes from another issuer than the one that was asked (RFC 9207).
    OtherIssuer,
    /// The person, or the provider for them, said no.
    Denied,
    /// The provider refused the request.
    RefusedByProvider,
    CodeMissing,
    /// The provider does not take the code, or no longer.
    CodeInvalid,
    NonceInvalid,
    TokenExpired,
    TokenInvalid,
    /// The account was erased.
    AccountErased,
    /// The address is none that `raccordo sign-in` makes.
    NotOfTerminal,
    /// The answer to the command line's question came from another site's page.
    OtherPage,
    /// The session ended while the command line's question stood there.
    SignedOut,
    /// The provider does not answer, or not as the protocol asks.
    ProviderUnavailable,
    /// The database does not answer.
    Unavailable,
}

impl SignInRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoProvider => "PROVIDER_UNKNOWN",
            Self::ReturnElsewhere => "RETURN_NOT_LOCAL",
            Self::Malformed => "CALLBACK_MALFORMED",
            Self::StateMissing => "STATE_MISSING",
            Self::StateUnknown => "STATE_UNKNOWN",
            Self::Expired => "SIGN_IN_EXPIRED",
            Self::CookieMissing => "SIGN_IN_COOKIE_MISSING",
            Self::OtherBrowser => "OTHER_BROWSER",
            Self::OtherIssuer => "ISSUER_MISMATCH",
            Self::Denied => "ACCESS_DENIED",
            Self::RefusedByProvider => "REFUSED_BY_PROVIDER",
            Self::CodeMissing => "CODE_MISSING",
            Self::CodeInvalid => "CODE_INVALID",
            Self::NonceInvalid => "NONCE_INVALID",
            Self::TokenExpired => "ID_TOKEN_EXPIRED",
            Self::TokenInvalid => "ID_TOKEN_INVALID",
            Self::AccountErased => "ACCOUNT_ERASED",
            Self::NotOfTerminal => "TERMINAL_MALFORMED",
            Self::OtherPage => "CSRF_REFUSED",
            Self::SignedOut => "SESSION_EXPIRED",
            Self::ProviderUnavailable => "PROVIDER_UNAVAILABLE",
            Self::Unavailable => "UNAVAILABLE",
        }
    }

    /// For people.
    pub fn message(self) -> Message {
        let (it, en) = match self {
            Self::NoProvider => {
                ("Non c'è un servizio di accesso con questo nome.", "There is no identity provider of this name.")
            }
            Self::ReturnElsewhere => (
                "Dopo l'accesso si può tornare solo a una pagina di questo servizio.",
                "After sign-in one returns only to a page of this service.",
            ),
            Self::Malformed => (
                "La risposta del servizio di accesso non si legge. Accedere di nuovo.",
                "The identity provider's answer cannot be read. Sign in again.",
            ),
            Self::StateMissing | Self::CodeMissing => (
                "La risposta del servizio di accesso è incompleta. Accedere di nuovo.",
                "The identity provider's answer is incomplete. Sign in again.",
            ),
            Self::StateUnknown => (
                "Questo accesso non è stato avviato qui, oppure è già concluso. Accedere di nuovo.",
                "This sign-in was not begun here, or it is finished already. Sign in again.",
            ),
            Self::Expired => {
                ("L'accesso ha richiesto troppo tempo. Accedere di nuovo.", "The sign-in took too long. Sign in again.")
            }
            Self::CookieMissing => (
                "Il browser non ha inviato il cookie dell'accesso: consentire i cookie di questo sito e accedere di nuovo.",
                "The browser did not send the sign-in's cookie: allow this site's cookies and sign in again.",
            ),
            Self::OtherBrowser => (
                "L'accesso va concluso nello stesso browser in cui è stato avviato.",
                "A sign-in is finished in the browser in which it was begun.",
            ),
            Self::OtherIssuer => (
                "La risposta non viene dal servizio di accesso che era stato scelto. Accedere di nuovo.",
                "The answer does not come from the identity provider that was chosen. Sign in again.",
            ),
            Self::Denied => (
                "L'accesso è stato annullato o negato presso il servizio di accesso.",
                "The sign-in was cancelled or denied at the identity provider.",
            ),
            Self::RefusedByProvider => (
                "Il servizio di accesso ha rifiutato la richiesta. Se si ripete, avvisare chi gestisce il servizio.",
                "The identity provider refused the request. If it happens again, tell the service's operators.",
            ),
            Self::CodeInvalid => (
                "Il servizio di accesso non accetta più il codice ricevuto. Accedere di nuovo.",
                "The identity provider takes the code no longer. Sign in again.",
            ),
            Self::NonceInvalid | Self::TokenInvalid => (
                "L'identità ricevuta dal servizio di accesso non è valida qui.",
                "The identity from the identity provider is not valid here.",
            ),
            Self::TokenExpired => (
                "L'identità ricevuta dal servizio di accesso è scaduta. Accedere di nuovo.",
                "The identity from the identity provider has expired. Sign in again.",
            ),
            Self::AccountErased => ("Questo account è stato cancellato.", "This account was erased."),
            Self::NotOfTerminal => (
                "Questo indirizzo non è di raccordo sign-in: ripetere il comando e aprire l'indirizzo che mostra.",
                "This address is none of raccordo sign-in: repeat the command, and open the address that it shows.",
            ),
            Self::OtherPage => (
                "La risposta non viene da una pagina di questo servizio. Ripetere raccordo sign-in.",
                "The answer does not come from a page of this service. Repeat raccordo sign-in.",
            ),
            Self::SignedOut => (
                "La sessione del browser è terminata. Accedere di nuovo e ripetere raccordo sign-in.",
                "The session of the browser is over. Sign in again, and repeat raccordo sign-in.",
            ),
            Self::ProviderUnavailable => (
                "Il servizio di accesso non risponde ora: riprovare tra poco. Chi ha già effettuato l'accesso può continuare.",
                "The identity provider does not answer now: try again soon. Who is signed in already can go on.",
            ),
            Self::Unavailable => (
                "L'accesso non è possibile ora: riprovare tra poco.",
                "Signing in is not possible now: try again soon.",
            ),
        };
        Message::new(it, en)
    }
}

impl From<sqlx::Error> for SignInRefusal {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "a sign-in could not be kept");
        Self::Unavailable
    }
}
