use std::sync::Arc;

use async_graphql::{Context, Description, Object, SimpleObject};

use super::Network;
use super::node::Code;
use crate::graphql::Graph;
use crate::graphql::flat::{Flat, FlatList, Writer, json};
use crate::graphql::scalars::Date;
use crate::network::provinces::{Cluster, Provinces};
use crate::territory::Territory;

/// A part of the network from afar: provinces as single nodes [rete delle province].
#[derive(Description)]
pub struct ProvinceNetwork {
    version: i64,
    as_of: Date,
    provinces: Arc<Provinces>,
}

/// A province with what it holds [provincia]. Each node of the network counts in one province: where a body is seated,
/// an agreement or intervention is meant; a project in its own province, else in the first where it works.
#[derive(Description)]
pub struct ProvinceCluster {
    cluster: Cluster,
    name: String,
    abbreviation: String,
    region: String,
}

/// Ties between the nodes of two provinces, as one [legame tra province].
#[derive(SimpleObject)]
pub struct ProvinceTie {
    /// ISTAT code of the one province.
    pub one: String,
    /// ISTAT code of the other.
    pub other: String,
    /// How many ties there are between their nodes.
    pub count: usize,
}

impl Flat for ProvinceTie {
    fn writer(field: &str) -> Option<Writer<Self>> {
        Some(match field {
            "one" => |tie, out| json(out, &tie.one),
            "other" => |tie, out| json(out, &tie.other),
            "count" => |tie, out| json(out, &tie.count),
            _ => return None,
        })
    }
}

impl ProvinceNetwork {
    pub fn of(network: &Network) -> Self {
        let provinces = network.view.by_province(&network.found);
        Self { version: network.view.snapshot.version, as_of: network.as_of, provinces: Arc::new(provinces) }
    }
}

#[Object(use_type_description)]
impl ProvinceNetwork {
    /// Data version that it shows.
    async fn version(&self) -> i64 {
        self.version
    }

    /// The day.
    async fn as_of(&self) -> Date {
        self.as_of
    }

    /// The provinces that hold a node, by ISTAT code: about 110.
    async fn provinces(&self, ctx: &Context<'_>) -> Vec<ProvinceCluster> {
        let territory = Graph::of(ctx).reference::<Territory>();
        let cluster = |cluster: &Cluster| {
            let province = territory.province(&Code(cluster.province).to_string());
            let text = |text: fn(&crate::territory::model::ProvinceRow) -> &str| {
                province.as_deref().map(text).unwrap_or_default().to_owned()
            };
            ProvinceCluster {
                cluster: cluster.clone(),
                name: text(|province| &province.name),
                abbreviation: text(|province| &province.abbreviation),
                region: text(|province| &province.region_code),
            }
        };
        self.provinces.clusters.iter().map(cluster).collect()
    }

    /// How many ties there are between each two provinces, by their codes.
    async fn ties(&self) -> FlatList<ProvinceTie> {
        let tie = |(one, other, count): &(u16, u16, usize)| ProvinceTie {
            one: Code(*one).to_string(),
            other: Code(*other).to_string(),
            count: *count,
        };
        FlatList(self.provinces.ties.iter().map(tie).collect())
    }

    /// Nodes that belong to no province, such as agreements for the whole country.
    async fn unplaced(&self) -> usize {
        self.provinces.unplaced
    }
}

#[Object(use_type_description)]
impl ProvinceCluster {
    /// ISTAT code.
    async fn province(&self) -> String {
        Code(self.cluster.province).to_string()
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Abbreviation [sigla].
    async fn abbreviation(&self) -> &str {
        &self.abbreviation
    }

    /// ISTAT code of its region.
    async fn region(&self) -> &str {
        &self.region
    }

    /// Bodies seated there [enti].
    async fn organisations(&self) -> usize {
        self.cluster.organisations
    }

    /// Projects [progetti].
    async fn projects(&self) -> usize {
        self.cluster.projects
    }

    /// Agreements [protocolli d'intesa].
    async fn agreements(&self) -> usize {
        self.cluster.agreements
    }

    /// Interventions of plans [interventi].
    async fn interventions(&self) -> usize {
        self.cluster.interventions
    }

    /// Ties among its own nodes.
    async fn ties_inside(&self) -> usize {
        self.cluster.ties_inside
    }

    /// Ties between its nodes and those of other provinces.
    async fn ties_outside(&self) -> usize {
        self.cluster.ties_outside
    }
}
