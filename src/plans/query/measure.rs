use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, SimpleObject};
use futures_util::future::try_join_all;
use rust_decimal::Decimal;

use super::parts::Told;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Result};
use crate::plans::document::{INDICATOR, MEASURE};
use crate::plans::loader::MeasurementsOf;
use crate::plans::model::{IndicatorRow, MeasureRow, MeasurementRow};

/// An indicator of the context that a plan starts from [indicatore di contesto].
#[derive(Description)]
pub struct PlanIndicator(pub Arc<IndicatorRow>);

/// What shows the progress of an intervention: from where, to where, and what was measured [indicatore di risultato].
#[derive(Description)]
pub struct PlanMeasure(pub Arc<MeasureRow>, pub Told);

/// A measured value [valore rilevato].
#[derive(SimpleObject)]
pub struct PlanMeasurement {
    /// Day that the value is of.
    measured_on: Date,
    /// The value, in the measure's unit.
    value: f64,
    /// Where it comes from [fonte].
    source: Option<String>,
}

/// How far an intervention has come, by what shows it [avanzamento].
#[derive(SimpleObject)]
pub struct PlanProgress {
    /// Its measures in all [indicatori di risultato].
    measures_count: usize,
    /// Those of which a value was measured [rilevati].
    measured_count: usize,
    /// Those whose last value is the target or lies beyond it [raggiunti].
    reached_count: usize,
    /// How much of the way from baselines to targets is gone: the mean over the measured ones, each of which counts 0 to 1.
    /// Null where nothing was measured.
    share: Option<f64>,
    /// Day of the last value.
    last_measured_on: Option<Date>,
}

impl PlanProgress {
    pub async fn of(ctx: &Context<'_>, measures: &[PlanMeasure]) -> Result<Self> {
        let values = try_join_all(measures.iter().map(|measure| measure.values(ctx))).await?;
        let measured = measures.iter().zip(&values).filter_map(|(measure, values)| Some((&measure.0, values.last()?)));
        let measured: Vec<_> = measured.collect();
        let is_reached = |(measure, last): &&(&Arc<MeasureRow>, &Arc<MeasurementRow>)| measure.is_reached(last.value);
        let share = |(measure, last): &(&Arc<MeasureRow>, &Arc<MeasurementRow>)| {
            let all_or_nothing = Decimal::from(u8::from(measure.is_reached(last.value)));
            measure.progress(last.value).unwrap_or(all_or_nothing).clamp(Decimal::ZERO, Decimal::ONE)
        };
        let sum: Decimal = measured.iter().map(share).sum();
        Ok(Self {
            measures_count: measures.len(),
            measured_count: measured.len(),
            reached_count: measured.iter().filter(is_reached).count(),
            share: sum.checked_div(measured.len().into()).and_then(|share| share.try_into().ok()),
            last_measured_on: measured.iter().map(|(_, last)| last.measured_on).max().map(Date),
        })
    }
}

#[Object(use_type_description)]
impl PlanIndicator {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(INDICATOR, self.0.id).id()
    }

    /// Its place in the plan, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// What is measured.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its value, in the unit.
    async fn value(&self) -> f64 {
        self.0.value.try_into().unwrap_or_default()
    }

    /// Unit of the value [unità di misura].
    async fn unit(&self) -> &str {
        &self.0.unit
    }

    /// Day that the value is of.
    async fn measured_on(&self) -> Date {
        Date(self.0.measured_on)
    }

    /// Where the value comes from [fonte].
    async fn source(&self) -> &str {
        &self.0.indicator_source
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }
}

#[Object(use_type_description)]
impl PlanMeasure {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(MEASURE, self.0.id).id()
    }

    /// Its place in the intervention, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// What is measured.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Unit of its values [unità di misura].
    async fn unit(&self) -> &str {
        &self.0.unit
    }

    /// Value from which the intervention starts; null: from nothing [valore iniziale].
    async fn baseline(&self) -> Option<f64> {
        self.0.baseline.and_then(|value| value.try_into().ok())
    }

    /// Value that is to be reached [valore atteso].
    async fn target(&self) -> f64 {
        self.0.target.try_into().unwrap_or_default()
    }

    /// The measured values, the earliest first [valori rilevati].
    async fn measurements(&self, ctx: &Context<'_>) -> Result<Vec<PlanMeasurement>> {
        Ok(self.values(ctx).await?.iter().map(|row| told(row)).collect())
    }

    /// The last measured value; null where there is none [ultimo valore].
    async fn latest(&self, ctx: &Context<'_>) -> Result<Option<PlanMeasurement>> {
        Ok(self.values(ctx).await?.last().map(|row| told(row)))
    }

    /// How much of the way from the baseline to the target the last value has gone: 0 nothing, 1 all; may be less or more.
    /// Null where nothing was measured, or where target and baseline are the same [avanzamento].
    async fn progress(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        let values = self.values(ctx).await?;
        Ok(values.last().and_then(|row| self.0.progress(row.value)).and_then(|share| share.try_into().ok()))
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }
}

impl PlanMeasure {
    async fn values(&self, ctx: &Context<'_>) -> Result<Vec<Arc<MeasurementRow>>> {
        match &self.1 {
            Some(told) => {
                let own = told.plan_measurement.iter().filter(|row| row.measure_id == self.0.id);
                Ok(own.cloned().collect())
            }
            None => {
                Ok(Graph::of(ctx).load(MeasurementsOf(self.0.id)).await?.map(|rows| rows.to_vec()).unwrap_or_default())
            }
        }
    }
}

fn told(row: &MeasurementRow) -> PlanMeasurement {
    PlanMeasurement {
        measured_on: Date(row.measured_on),
        value: row.value.try_into().unwrap_or_default(),
        source: row.value_source.clone(),
    }
}
