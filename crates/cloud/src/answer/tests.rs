use proptest::prelude::*;

use super::*;

fn listed(keys: &Keys) -> Vec<(Vec<u8>, Option<u64>, bool)> {
    keys.iter().map(|key| (key.key.to_vec(), key.size, key.folder)).collect()
}

fn object(key: &str, size: u64) -> (Vec<u8>, Option<u64>, bool) {
    (key.as_bytes().to_vec(), Some(size), false)
}

fn prefix(key: &str) -> (Vec<u8>, Option<u64>, bool) {
    (key.as_bytes().to_vec(), None, true)
}

const S3: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>drives</Name><Prefix>data/</Prefix>
<NextContinuationToken>1ue&amp;Gc==</NextContinuationToken><KeyCount>4</KeyCount><MaxKeys>4</MaxKeys>
<Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>
<Contents><Key>data/</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;d41d&quot;</ETag><Size>0</Size>
<Owner><ID>7</ID><DisplayName>a</DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents>
<Contents><Key>data//a &amp; b&#x1;&#10;&lt;..&gt;</Key><Size>12</Size></Contents>
<CommonPrefixes><Prefix>data/lidar-top/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>data//</Prefix></CommonPrefixes>
</ListBucketResult>"#;

const AZURE: &str = r#"<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://acme.blob.core.windows.net/"
 ContainerName="dri>ves"><Prefix>data/</Prefix><Blobs><Blob><Name>data/lidar-top</Name><Properties><Creation-Time>x</Creation-Time>
<Content-Length>0</Content-Length><ResourceType>directory</ResourceType></Properties><OrMetadata /></Blob>
<Blob><Name>data/old</Name><Properties><Content-Length>0</Content-Length></Properties><Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>
<Blob><Name Encoded="true">data/%EF%BF%BE.pcd</Name><Properties><Content-Length>7</Content-Length></Properties></Blob>
<BlobPrefix><Name>data/x/</Name></BlobPrefix></Blobs><NextMarker>2!80</NextMarker></EnumerationResults>"#;

#[test]
fn keys_are_read_as_they_are() {
    let page = bucket_listing(S3.as_bytes()).unwrap();
    assert_eq!(listed(&page.objects), [object("data/", 0), object("data//a & b\u{1}\n<..>", 12)]);
    assert_eq!(listed(&page.prefixes), [prefix("data/lidar-top/"), prefix("data//")]);
    assert_eq!(page.next.as_deref(), Some("1ue&Gc=="));
}

#[test]
fn blobs_are_read_with_the_folders_that_they_stand_for() {
    let page = container_listing(AZURE.as_bytes()).unwrap();
    let folder = |key: &str| (key.as_bytes().to_vec(), Some(0), true);
    let expected = [folder("data/lidar-top"), folder("data/old"), object("data/\u{fffe}.pcd", 7)];
    assert_eq!(listed(&page.objects), expected);
    assert_eq!(listed(&page.prefixes), [prefix("data/x/")]);
    assert_eq!(page.next.as_deref(), Some("2!80"));
}

#[test]
fn bytes_that_are_no_text_pass() {
    let body = b"<ListBucketResult><Contents><Key>a\xff\xfe</Key><Size>1</Size></Contents></ListBucketResult>";
    assert_eq!(
        listed(&bucket_listing(body).unwrap().objects),
        [(b"a\xff\xfe".to_vec(), Some(1), false)]
    );
}

#[test]
fn keys_that_were_encoded_unasked_are_decoded() {
    let body = "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>a+b%2B%C3%BC/</Key><Size>1</Size></Contents></ListBucketResult>";
    assert_eq!(listed(&bucket_listing(body.as_bytes()).unwrap().objects), [object("a b+ü/", 1)]);
}

#[test]
fn only_a_complete_listing_counts() {
    let check = |body: &str, expected: &str| {
        let said = format!("{:?}", bucket_listing(body.as_bytes()).map(|_| ()));
        assert!(said.contains(expected), "{body}: {said}");
    };
    check("<ListBucketResult/>", "Ok");
    check("\u{feff}<ListBucketResult></ListBucketResult>\n<!-- end -->", "Ok");
    check("", "CutOff");
    check("<ListBucketResult><IsTruncated>false</IsTruncated>", "CutOff");
    check("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "more follows");
    check("<ListBucketResult></ListBucketResult><p>", "damaged");
    check(
        "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        "lacks its key",
    );
    check(
        "<ListBucketResult><Contents><Key>a</Key><Size>x</Size></Contents></ListBucketResult>",
        "no number",
    );
    check("<ListBucketResult><Contents><Key>a</Contents></Key></ListBucketResult>", "damaged");
    check("<ListBucketResult><Contents><Key>&nbsp;</Key></Contents></ListBucketResult>", "damaged");
    check("<ListAllMyBucketsResult></ListAllMyBucketsResult>", "no listing");
    check("{}", "damaged");
    check("<!DOCTYPE html><html>", "Html");
    check("\n<HTML><body>", "Html");
    check("<!DOCTYPE x [<!ENTITY a \"b\">]><ListBucketResult/>", "damaged");
    check("<Error><Code>SlowDown</Code><Message>Reduce</Message></Error>", "code: \"SlowDown\"");
    let endless = "<a>".repeat(100_000);
    check(&format!("<ListBucketResult>{endless}"), "damaged");
}

#[test]
fn every_cut_is_noticed() {
    for at in 0..S3.len() {
        assert!(bucket_listing(&S3.as_bytes()[..at]).is_err(), "{at}");
    }
    for at in 0..AZURE.len() {
        assert!(container_listing(&AZURE.as_bytes()[..at]).is_err(), "{at}");
    }
}

/// What a slow and well-known reader finds.
fn reference(body: &str) -> Vec<(Vec<u8>, Option<u64>, bool)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(body);
    let (mut path, mut key, mut size, mut found) = (Vec::new(), String::new(), None, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => path.push(start.name().as_ref().as_bytes().to_vec()),
            Event::End(_) => {
                match path.iter().map(Vec::as_slice).collect::<Vec<_>>()[..] {
                    [_, b"Contents"] => {
                        found.push((std::mem::take(&mut key).into_bytes(), size.take(), false));
                    }
                    [_, b"CommonPrefixes"] => {
                        found.push((std::mem::take(&mut key).into_bytes(), None, true));
                    }
                    _ => {}
                }
                path.pop();
            }
            Event::Text(text) => add(&path, &text, &mut key, &mut size),
            Event::CData(text) => add(&path, &text, &mut key, &mut size),
            Event::GeneralRef(name) => {
                let escaped = format!("&{};", &*name);
                add(&path, &quick_xml::escape::unescape(&escaped).unwrap(), &mut key, &mut size);
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn add(path: &[Vec<u8>], text: &str, key: &mut String, size: &mut Option<u64>) {
    match path.iter().map(Vec::as_slice).collect::<Vec<_>>()[..] {
        [_, b"Contents", b"Key"] | [_, b"CommonPrefixes", b"Prefix"] => key.push_str(text),
        [_, b"Contents", b"Size"] => *size = text.parse().ok(),
        _ => {}
    }
}

/// Writes a character in one of the ways that XML has.
fn written(character: char, way: u8) -> String {
    match (way, character) {
        (0, _) | (_, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') => {
            format!("&#{};", u32::from(character))
        }
        (1, _) => format!("&#x{:X};", u32::from(character)),
        (_, '<') => "&lt;".to_owned(),
        (_, '>') => "&gt;".to_owned(),
        (_, '&') => "&amp;".to_owned(),
        (_, '"') => "&quot;".to_owned(),
        (2, character) => format!("<![CDATA[{character}]]>"),
        (3, character) => format!("<!-- > -->{character}"),
        (_, character) => character.to_string(),
    }
}

fn entry() -> impl Strategy<Value = String> {
    let key = prop::collection::vec(
        (any::<char>().prop_filter("no NUL in XML", |c| *c != '\0'), 0u8..20),
        0..12,
    );
    (key, any::<u64>(), 0..4).prop_map(|(key, size, shape)| {
        let key: String = key.into_iter().map(|(character, way)| written(character, way)).collect();
        match shape {
            0 => format!("<CommonPrefixes><Prefix>{key}</Prefix></CommonPrefixes>"),
            1 => format!("<Contents ><Size>{size}</Size>\n<Owner a='>'><ID/></Owner><Key >{key}</Key ></Contents>"),
            2 => format!("<!-- <Contents> --><Contents><Key>{key}</Key></Contents>"),
            _ => format!("<Contents><Key>{key}</Key><ETag>&quot;</ETag><Size>{size}</Size></Contents>"),
        }
    })
}

fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(entry(), 0..12).prop_map(|entries| {
        format!(
            "<?xml version='1.0'?><ListBucketResult xmlns=\"x\">{}</ListBucketResult>",
            entries.concat()
        )
    })
}

proptest! {
    #[test]
    fn it_reads_what_a_slow_reader_reads(body in document()) {
        let page = bucket_listing(body.as_bytes()).unwrap();
        let (mut found, mut expected) = (listed(&page.objects), reference(&body));
        found.extend(listed(&page.prefixes));
        // Objects and prefixes are in two lists here, in one there.
        expected.sort_by_key(|(_, _, folder)| *folder);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn nothing_makes_it_panic(body in document(), at in any::<prop::sample::Index>(), with in any::<Vec<u8>>()) {
        let mut body = body.into_bytes();
        let at = at.index(body.len());
        let end = (at + with.len() / 2).min(body.len());
        body.splice(at..end, with);
        let _ = bucket_listing(&body);
        let _ = container_listing(&body);
        let _ = complaint(&body);
    }
}
