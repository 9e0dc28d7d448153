//! Federation: every kind of organisation by its id and its natural keys.

use async_graphql::{Context, ID, Object};

use super::types::*;
use super::{NODE, by_key, organisation};
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::model::NaturalKey;

/// A representation's organisation, if it is of the type that the representation names.
macro_rules! of_type {
    ($found:expr, $type:ident) => {
        Ok(match $found {
            Some(Organisation::$type(found)) => Some(found),
            _ => None,
        })
    };
}

macro_rules! organisation_entities {
    ($($entities:ident: $type:ident),+ $(,)?) => {
        $(
            /// Entity resolvers of one type.
            #[derive(Default)]
            pub struct $entities;

            #[Object]
            impl $entities {
                #[graphql(entity)]
                async fn by_id(&self, ctx: &Context<'_>, id: ID) -> Result<Option<$type>> {
                    of_type!(organisation(Graph::of(ctx), NodeId::uuid(NODE, &id)?).await?, $type)
                }

                #[graphql(entity)]
                async fn by_fiscal_code(&self, ctx: &Context<'_>, fiscal_code: String) -> Result<Option<$type>> {
                    of_type!(by_key(Graph::of(ctx), NaturalKey::FiscalCode(fiscal_code)).await?, $type)
                }

                #[graphql(entity)]
                async fn by_ipa_code(&self, ctx: &Context<'_>, ipa_code: String) -> Result<Option<$type>> {
                    of_type!(by_key(Graph::of(ctx), NaturalKey::IpaCode(ipa_code)).await?, $type)
                }
            }
        )+

        /// All entity resolvers of organisations.
        #[derive(async_graphql::MergedObject, Default)]
        pub struct OrganisationEntities($($entities,)+ OwnKeys);
    };
}

organisation_entities! {
    CentralAuthorityEntity: CentralAuthority,
    PrefectureEntity: Prefecture,
    TerritorialCouncilEntity: TerritorialCouncil,
    LocalAuthorityEntity: LocalAuthority,
    PublicBodyEntity: PublicBody,
    ThirdSectorOrganisationEntity: ThirdSectorOrganisation,
    SocialPartnerEntity: SocialPartner,
    ForeignersAssociationEntity: ForeignersAssociation,
    EconomicBodyEntity: EconomicBody,
    ReligiousBodyEntity: ReligiousBody,
    OtherOrganisationEntity: OtherOrganisation,
}

/// Keys that one type alone has.
#[derive(Default)]
pub struct OwnKeys;

#[Object]
impl OwnKeys {
    #[graphql(entity)]
    async fn prefecture_by_office_code(&self, ctx: &Context<'_>, office_code: String) -> Result<Option<Prefecture>> {
        of_type!(by_key(Graph::of(ctx), NaturalKey::OfficeCode(office_code)).await?, Prefecture)
    }

    #[graphql(entity)]
    async fn third_sector_by_runts_number(
        &self,
        ctx: &Context<'_>,
        runts_number: String,
    ) -> Result<Option<ThirdSectorOrganisation>> {
        of_type!(by_key(Graph::of(ctx), NaturalKey::RuntsNumber(runts_number)).await?, ThirdSectorOrganisation)
    }
}
