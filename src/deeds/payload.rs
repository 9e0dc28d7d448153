/// Declares what a deed answers: the record as it stands since, or, in a dry run, as it would stand.
/// `deed_payload! { /// doc  pub struct AdoptTerritorialPlanPayload { /// doc  territorial_plan: TerritorialPlan } }`.
#[macro_export]
macro_rules! deed_payload {
    ($($(#[$outer:meta])* pub struct $name:ident { $(#[$inner:meta])* $field:ident : $type:ty })+) => { $(
        $(#[$outer])*
        #[derive(async_graphql::SimpleObject, Default)]
        pub struct $name {
            $(#[$inner])*
            pub $field: Option<$type>,
            /// Whether it was a dry run: nothing was changed [simulazione].
            pub is_dry_run: bool,
            /// Whether an earlier request with the same key had done it: the record is told as it stood after that
            /// [richiesta ripetuta].
            pub is_repeated: bool,
            /// Why nothing was done; empty where it was [motivi del rifiuto].
            pub user_errors: Vec<$crate::graphql::UserError>,
        }

        impl From<Vec<$crate::graphql::UserError>> for $name {
            fn from(user_errors: Vec<$crate::graphql::UserError>) -> Self {
                Self { user_errors, ..Self::default() }
            }
        }

        impl<A> From<$crate::deeds::Told<A>> for $name
        where
            $type: From<A>,
        {
            fn from(told: $crate::deeds::Told<A>) -> Self {
                let $crate::deeds::Told { record, is_dry_run, is_repeated } = told;
                Self { $field: Some(record.into()), is_dry_run, is_repeated, user_errors: Vec::new() }
            }
        }
    )+ };
}
