//! The parts of an S3 Inventory that are Parquet tables.

use std::fs::File;
use std::sync::Arc;

use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::{Field, Row as Record};
use ::parquet::schema::types::Type;

use super::super::sink::Sink;
use super::{Row, take};
use crate::unwind;

/// The columns that are read. Keys stand in them as they are.
const COLUMNS: [&str; 4] = ["key", "size", "is_latest", "is_delete_marker"];

/// Reads a table.
///
/// The library takes some of what a table says of itself for granted, and panics where a damaged
/// one is otherwise.
pub(super) fn read(file: File, sink: &mut Sink<'_>) -> Result<(), String> {
    unwind::catch(|| read_table(file, sink)).unwrap_or_else(|| Err("is damaged".to_owned()))
}

fn read_table(file: File, sink: &mut Sink<'_>) -> Result<(), String> {
    let damaged = |error: ParquetError| format!("is damaged ({error})");
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let schema = reader.metadata().file_metadata().schema();
    let fields: Vec<Arc<Type>> = schema
        .get_fields()
        .iter()
        .filter(|field| COLUMNS.contains(&field.name()))
        .map(Arc::clone)
        .collect();
    if !fields.iter().any(|field| field.name() == "key") {
        return Err("has no column `key`".to_owned());
    }
    if let Some(codec) = unread_codec(reader.metadata()) {
        return Err(format!(
            "is compressed with {codec}, which sensortree does not read: it reads {CODECS}"
        ));
    }
    let columns =
        Type::group_type_builder(schema.name()).with_fields(fields).build().map_err(damaged)?;
    for record in reader.get_row_iter(Some(columns)).map_err(damaged)? {
        if take(&row(&record.map_err(damaged)?), sink).is_break() {
            break;
        }
    }
    Ok(())
}

/// The codecs that are read, in words.
const CODECS: &str = "Snappy, gzip, Zstandard, LZ4 and Brotli";

/// A codec that a column is packed with and that there is no reader for. Every codec is named here,
/// so that a new version of the library brings none unseen.
fn unread_codec(table: &ParquetMetaData) -> Option<&'static str> {
    let columns = table.row_groups().iter().flat_map(|group| group.columns());
    let read = columns.filter(|column| {
        column.column_path().parts().first().is_some_and(|name| COLUMNS.contains(&name.as_str()))
    });
    read.map(|column| column.compression()).find_map(|codec| match codec {
        Compression::UNCOMPRESSED
        | Compression::SNAPPY
        | Compression::GZIP(_)
        | Compression::BROTLI(_)
        | Compression::LZ4
        | Compression::ZSTD(_)
        | Compression::LZ4_RAW => None,
        Compression::LZO => Some("LZO"),
    })
}

fn row(record: &Record) -> Row<'_> {
    let mut row = Row::default();
    for (name, field) in record.get_column_iter() {
        match (name.as_str(), field) {
            ("key", Field::Str(key)) => row.key = key.as_bytes(),
            ("key", Field::Bytes(key)) => row.key = key.data(),
            ("size", Field::Long(size)) => row.size = u64::try_from(*size).ok(),
            ("size", Field::Int(size)) => row.size = u64::try_from(*size).ok(),
            ("is_latest", Field::Bool(false)) | ("is_delete_marker", Field::Bool(true)) => {
                row.is_gone = true;
            }
            _ => {}
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ::parquet::basic::{BrotliLevel, GzipLevel, ZstdLevel};
    use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
    use ::parquet::schema::parser::parse_message_type;

    use super::*;
    use crate::listing::sink::Root;
    use crate::options::ScanOptions;
    use crate::source::{Capabilities, Looks, Run};

    /// As S3 writes it, with rows of a current object, an older version, a deleted one and
    /// a folder marker.
    fn table(codec: Compression) -> Vec<u8> {
        let schema = "message schema { required binary bucket (UTF8); required binary key (UTF8); optional boolean is_latest; \
                      optional boolean is_delete_marker; optional int64 size; optional binary e_tag (UTF8); }";
        let properties = WriterProperties::builder().set_compression(codec).build();
        let mut out = Vec::new();
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(properties)).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let text =
            |text: &[&str]| text.iter().map(|text| ByteArray::from(*text)).collect::<Vec<_>>();
        let mut column = |write: &mut dyn FnMut(&mut SerializedColumnWriter<'_>)| {
            let mut column = group.next_column().unwrap().unwrap();
            write(&mut column);
            column.close().unwrap();
        };
        let keys = ["data/a/1 +%20.jpg", "data/a/1 +%20.jpg", "data/a/2.jpg", "data/b/"];
        column(&mut |column| put::<ByteArrayType>(column, &text(&["acme"; 4]), None));
        column(&mut |column| put::<ByteArrayType>(column, &text(&keys), None));
        column(&mut |column| put::<BoolType>(column, &[true, false, true, true], Some(&[1; 4])));
        column(&mut |column| put::<BoolType>(column, &[false, false, true, false], Some(&[1; 4])));
        column(&mut |column| put::<Int64Type>(column, &[5, 9, 0], Some(&[1, 1, 0, 1])));
        column(&mut |column| put::<ByteArrayType>(column, &[], Some(&[0; 4])));
        group.close().unwrap();
        writer.close().unwrap();
        out
    }

    fn put<T: DataType>(
        column: &mut SerializedColumnWriter<'_>,
        values: &[T::T],
        defined: Option<&[i16]>,
    ) {
        column.typed::<T>().write_batch(values, defined, None).unwrap();
    }

    fn read_bytes(bytes: &[u8]) -> (Result<(), String>, u64, u64) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.parquet");
        fs::write(&path, bytes).unwrap();
        let never = Looks::Never("a listing holds no files");
        let capabilities = Capabilities { looks: never, is_costly: false };
        let run = Run::new(&ScanOptions::default(), &(), capabilities);
        let mut sink = Sink::new(Root::Here, &run);
        let read = read(File::open(path).unwrap(), &mut sink);
        let tree = sink.settle().finish();
        (read, tree.files(), tree.bytes())
    }

    #[test]
    fn current_objects_are_listed_with_their_sizes() {
        let whole = table(Compression::SNAPPY);
        assert_eq!(read_bytes(&whole), (Ok(()), 1, 5));
        assert!(read_bytes(&whole[..whole.len() - 20]).0.unwrap_err().starts_with("is damaged"));
        assert!(read_bytes(b"").0.is_err());
    }

    #[test]
    fn every_codec_that_is_written_is_read() {
        for codec in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::BROTLI(BrotliLevel::default()),
            Compression::LZ4,
            Compression::LZ4_RAW,
            Compression::ZSTD(ZstdLevel::default()),
        ] {
            assert_eq!(read_bytes(&table(codec)), (Ok(()), 1, 5), "{codec}");
        }
    }

    /// No library writes LZO: the number of the codec is changed where the table's end names that
    /// of the keys.
    #[test]
    fn a_codec_that_is_not_read_is_named() {
        let mut table = table(Compression::UNCOMPRESSED);
        let of_keys = b"\x19\x18\x03key\x15\x00";
        let at = memchr::memmem::rfind(&table, of_keys).unwrap();
        table[at + of_keys.len() - 1] = 3 << 1;
        let (read, files, _) = read_bytes(&table);
        let said = read.unwrap_err();
        assert!(said.contains("compressed with LZO") && !said.contains("damaged"), "{said}");
        assert_eq!(files, 0);
    }

    #[test]
    fn a_damaged_table_is_read_without_harm() {
        let whole = table(Compression::SNAPPY);
        for at in 0..whole.len() {
            for byte in [0x00, 0x02, 0x7f, 0xff] {
                let mut table = whole.clone();
                table[at] = byte;
                let (read, files, _) = read_bytes(&table);
                assert!(read.is_err() || files <= 4, "byte {at}");
            }
        }
    }
}
