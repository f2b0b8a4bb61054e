//! The smallest files that are what their suffix says.

/// A point cloud of one point.
pub(crate) fn point_cloud() -> Vec<u8> {
    b"# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\n\
      COUNT 1 1 1 1\nWIDTH 1\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 1\nDATA ascii\n1.5 -0.5 0.25 10\n"
        .to_vec()
}

/// A grey baseline JPEG of this size, whose sides are divisible by 8.
pub(crate) fn image(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    segment(&mut bytes, 0xDB, &[&[0][..], &[1; 64]].concat());
    let [h1, h0] = height.to_be_bytes();
    let [w1, w0] = width.to_be_bytes();
    segment(&mut bytes, 0xC0, &[8, h1, h0, w1, w0, 1, 1, 0x11, 0]);
    // One code of one bit in each table: "no difference" for the mean of a block, "end of block" for the rest.
    for table in [0x00, 0x10] {
        let mut codes = [0; 18];
        codes[0] = table;
        codes[1] = 1;
        segment(&mut bytes, 0xC4, &codes);
    }
    segment(&mut bytes, 0xDA, &[1, 1, 0x00, 0, 63, 0]);
    let blocks = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8);
    bytes.resize(bytes.len() + (2 * blocks).div_ceil(8), 0);
    bytes.extend([0xFF, 0xD9]);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, body: &[u8]) {
    bytes.extend([0xFF, marker]);
    // Bodies here are a few dozen bytes.
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    bytes.extend(length.to_be_bytes());
    bytes.extend(body);
}
