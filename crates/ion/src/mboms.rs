//! Loads of manufacturing bills of materials: many lines in one request, each refused or taken alone.

use crate::{
    Client, Id, JobError, Json,
    queries::CreateOrUpdateMultipleMboms,
    types::{
        CreateOrUpdateMultipleMBomsNotationInput, MBomDepthInput, MBomImporterType, MBomLevelInput,
    },
};

/// The lines of a load, in the one notation or the other; the order of the lines is that of the tree.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum MbomLines {
    /// Each line says its place as text, such as `1.2.1`.
    Levels(Vec<MBomLevelInput>),
    /// Each line says how deep it is, as a number.
    Depths(Vec<MBomDepthInput>),
}

impl From<Vec<MBomLevelInput>> for MbomLines {
    fn from(lines: Vec<MBomLevelInput>) -> Self {
        Self::Levels(lines)
    }
}

impl From<Vec<MBomDepthInput>> for MbomLines {
    fn from(lines: Vec<MBomDepthInput>) -> Self {
        Self::Depths(lines)
    }
}

/// What became of a load. Lines that were refused do not take the others back.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[must_use = "lines may have been refused"]
pub struct MbomLoad {
    /// The ids of the lines that are new.
    pub created: Vec<Id>,
    /// The lines that were refused.
    pub refused: Vec<RefusedLine>,
}

/// A line that was refused.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RefusedLine {
    /// Which line, as the server names it: no public source says whether from 0 or from 1.
    pub row: Option<Json>,
    /// Why, in the server's words.
    pub message: String,
}

impl Client {
    /// Loads lines of bills of materials: creates what is new, and updates what is there.
    ///
    /// All lines go in one request, because a line's place depends on those before it. The server gives
    /// up after 30 seconds, so load large assemblies one by one.
    ///
    /// # Errors
    ///
    /// When the operation fails as a whole. Lines that are refused are no error; see
    /// [`MbomLoad::refused`].
    pub async fn load_mboms(&self, lines: impl Into<MbomLines>) -> Result<MbomLoad, JobError> {
        let input = CreateOrUpdateMultipleMBomsNotationInput::new();
        // The list that is not used is sent empty, as the vendor's script does.
        let input = match lines.into() {
            MbomLines::Levels(lines) => input
                .importer_type(MBomImporterType::Level)
                .level_inputs(lines)
                .depth_inputs(Vec::<MBomDepthInput>::new()),
            MbomLines::Depths(lines) => input
                .importer_type(MBomImporterType::Depth)
                .level_inputs(Vec::<MBomLevelInput>::new())
                .depth_inputs(lines),
        };
        let data = self
            .execute(CreateOrUpdateMultipleMboms::new(input))
            .await?;
        let loaded = data.create_or_update_multiple_mboms;
        let loaded =
            loaded.ok_or_else(|| JobError::incomplete("reply", "createOrUpdateMultipleMboms"))?;
        let refused = loaded.error_messages.into_iter().flatten().flatten();
        let created = loaded.new_mbom_row_ids.into_iter().flatten().flatten();
        Ok(MbomLoad {
            created: created.collect(),
            refused: refused
                .map(|row| RefusedLine {
                    row: row.row_id,
                    message: row.error_msg.unwrap_or_default(),
                })
                .collect(),
        })
    }
}
