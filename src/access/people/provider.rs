//! One identity provider: discovery, the address of its sign-in, and what it tells of a person.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use openidconnect::core::*;
use openidconnect::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::SignInRefusal;
use super::claims::Claims;
use crate::access;
use crate::access::remote::Remote;

/// What was discovered holds for so long.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// A sign-in that begins, or a token of a key that is not known, makes the hub look again, this often at the most: nobody
/// is sent to a provider that has gone down, or is refused for a key that is new.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Algorithms of id tokens: with public keys alone.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What discovery tells beyond OpenID Connect Discovery 1.0.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Beyond {
    /// OpenID Connect RP-Initiated Logout 1.0, section 2.1.
    end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207, section 3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Beyond {}

type Metadata = ProviderMetadata<
    Beyond,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Every claim that the library has no place for.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct OtherClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for OtherClaims {}

/// What a sign-in that begins keeps to itself and sends along.
pub struct Beginning {
    pub address: String,
    pub nonce: String,
    pub verifier: String,
}

/// A person as the provider knows them.
pub struct Told {
    pub issuer: String,
    pub subject: String,
    pub claims: Claims,
}

pub struct Provider {
    pub settings: access::Provider,
    issuer: IssuerUrl,
    /// Where it sends people back to.
    redirect: RedirectUrl,
    /// Where it sends people after their sign-out.
    farewell: PostLogoutRedirectUrl,
    remote: Remote,
    discovered: Mutex<Option<(Arc<Metadata>, Instant)>>,
}

impl Provider {
    pub fn new(settings: access::Provider, public_url: &str, remote: Remote) -> anyhow::Result<Self> {
        let of = || format!("provider \"{}\"", settings.name);
        Ok(Self {
            issuer: IssuerUrl::new(settings.issuer.clone()).with_context(of)?,
            redirect: RedirectUrl::new(format!("{public_url}/sign-in/callback")).with_context(of)?,
            farewell: PostLogoutRedirectUrl::new(format!("{public_url}/")).with_context(of)?,
            settings,
            remote,
            discovered: Mutex::default(),
        })
    }

    /// What the provider says of itself, not older than `age`. Whoever asks meanwhile waits for the same answer.
    async fn metadata(&self, age: Duration) -> Result<Arc<Metadata>, SignInRefusal> {
        let mut discovered = self.discovered.lock().await;
        if let Some((metadata, at)) = &*discovered
            && at.elapsed() < age
        {
            return Ok(metadata.clone());
        }
        let found = Metadata::discover_async(self.issuer.clone(), &self.remote).await;
        let metadata = Arc::new(found.map_err(|error| self.unavailable("discovery", &error))?);
        *discovered = Some((metadata.clone(), Instant::now()));
        Ok(metadata)
    }

    fn unavailable(&self, step: &'static str, error: &(dyn std::error::Error + 'static)) -> SignInRefusal {
        tracing::warn!(
            provider = self.settings.name,
            step,
            error = causes(error),
            "an identity provider does not answer"
        );
        SignInRefusal::ProviderUnavailable
    }

    /// Where to send a browser that signs in (OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636).
    pub async fn begin(&self, state: &str) -> Result<Beginning, SignInRefusal> {
        let metadata = self.metadata(LOOK_AGAIN).await?;
        let state = CsrfToken::new(state.to_owned());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (address, _, nonce) = self
            .client(&metadata)
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, Nonce::new_random)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        Ok(Beginning { address: address.into(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() })
    }

    /// Holds the issuer that an answer names against the one that was asked (RFC 9207, section 2.4).
    pub async fn check_issuer(&self, named: Option<&str>) -> Result<(), SignInRefusal> {
        let is_right = match named {
            Some(named) => named == self.settings.issuer,
            None => !self.metadata(FRESH).await?.additional_metadata().authorization_response_iss_parameter_supported,
        };
        if is_right { Ok(()) } else { Err(SignInRefusal::OtherIssuer) }
    }

    /// Redeems a code and holds the id token against the sign-in that it ends (OpenID Connect Core 1.0, section
    /// 3.1.3).
    pub async fn redeem(&self, code: String, verifier: String, nonce: String) -> Result<Told, SignInRefusal> {
        let metadata = self.metadata(FRESH).await?;
        let client = self.client(&metadata);
        let request =
            client.exchange_code(AuthorizationCode::new(code)).map_err(|error| self.unavailable("token", &error))?;
        let tokens =
            request.set_pkce_verifier(PkceCodeVerifier::new(verifier)).request_async(&self.remote).await.map_err(
                |error| match error {
                    RequestTokenError::ServerResponse(response) => {
                        let is_code = *response.error() == CoreErrorResponseType::InvalidGrant;
                        tracing::info!(provider = self.settings.name, error = %response.error(), "a code was refused");
                        if is_code { SignInRefusal::CodeInvalid } else { SignInRefusal::RefusedByProvider }
                    }
                    error => self.unavailable("token", &error),
                },
            )?;
        let id_token = tokens.id_token().ok_or(SignInRefusal::TokenInvalid)?;
        let nonce = Nonce::new(nonce);
        let checked = match self.check(&metadata, &tokens, id_token, &nonce) {
            // The keys may have changed since they were read.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let metadata = self.metadata(LOOK_AGAIN).await?;
                self.check(&metadata, &tokens, id_token, &nonce)
            }
            checked => checked,
        };
        let (issuer, subject) = checked.map_err(|error| {
            tracing::warn!(provider = self.settings.name, %error, "an id token was refused");
            match error {
                ClaimsVerificationError::InvalidNonce(_) => SignInRefusal::NonceInvalid,
                ClaimsVerificationError::Expired(_) => SignInRefusal::TokenExpired,
                _ => SignInRefusal::TokenInvalid,
            }
        })?;
        let mut claims = payload(&id_token.to_string()).ok_or(SignInRefusal::TokenInvalid)?;
        if metadata.userinfo_endpoint().is_some() {
            let expected = SubjectIdentifier::new(subject.clone());
            let request = client
                .user_info(tokens.access_token().clone(), Some(expected))
                .map_err(|error| self.unavailable("userinfo", &error))?;
            let told: UserInfoClaims<OtherClaims, CoreGenderClaim> =
                request.request_async(&self.remote).await.map_err(|error| match error {
                    UserInfoError::ClaimsVerification(_) => SignInRefusal::TokenInvalid,
                    error => self.unavailable("userinfo", &error),
                })?;
            if let Ok(Value::Object(told)) = serde_json::to_value(&told) {
                claims.extend(told);
            }
        }
        Ok(Told { issuer, subject, claims: Claims(claims) })
    }

    /// Issuer and subject of an id token that holds.
    fn check(
        &self,
        metadata: &Metadata,
        tokens: &CoreTokenResponse,
        id_token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<(String, String), ClaimsVerificationError> {
        let client = self.client(metadata);
        let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
        let claims = id_token.claims(&verifier, nonce)?;
        if let Some(expected) = claims.access_token_hash() {
            let unfit = |error: &dyn std::fmt::Display| ClaimsVerificationError::Other(error.to_string());
            let algorithm = id_token.signing_alg().map_err(|error| unfit(&error))?;
            let key = id_token.signing_key(&verifier).map_err(|error| unfit(&error))?;
            let hash =
                AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(|error| unfit(&error))?;
            if hash != *expected {
                return Err(unfit(&"the access token is another one"));
            }
        }
        Ok((claims.issuer().as_str().to_owned(), claims.subject().as_str().to_owned()))
    }

    /// Where the provider ends its own session, too; `None` where it does not, or does not answer
    /// (OpenID Connect RP-Initiated Logout 1.0, section 2).
    pub async fn farewell(&self) -> Option<String> {
        let metadata = self.metadata(FRESH).await.ok()?;
        let endpoint = metadata.additional_metadata().end_session_endpoint.clone()?;
        let request = LogoutRequest::from(endpoint)
            .set_client_id(ClientId::new(self.settings.client_id.clone()))
            .set_post_logout_redirect_uri(self.farewell.clone());
        Some(request.http_get_url().into())
    }

    fn client(
        &self,
        metadata: &Metadata,
    ) -> CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>
    {
        let secret = self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.reveal().to_owned()));
        let id = ClientId::new(self.settings.client_id.clone());
        // Basic is what a provider takes that does not say otherwise (OpenID Connect Discovery 1.0, section 3).
        let takes_basic = metadata
            .token_endpoint_auth_methods_supported()
            .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let authentication = if takes_basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        CoreClient::from_provider_metadata(metadata.clone(), id, secret)
            .set_auth_type(authentication)
            .set_redirect_uri(self.redirect.clone())
    }
}

/// The claims of a token whose signature was checked.
fn payload(token: &str) -> Option<Map<String, Value>> {
    use base64::Engine as _;
    let payload = token.split('.').nth(1)?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// An error with what lies behind it, for the log.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
