//! Libraries that read clouds, and what they make of a file.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use super::readers::Answer;

/// Reads files, each behind its length, and answers with a byte and the hash of the positions. What
/// takes too long or too much memory ends it.
const WORKER: &str = "
import io, os, resource, shutil, signal, struct, subprocess, sys, tempfile, warnings, zlib
warnings.simplefilter('ignore')
source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), 'wb')
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
import numpy
path = tempfile.mkdtemp() + '/frame.pcd'
def written(data):
    with open(path, 'wb') as file: file.write(data)
    return path
if sys.argv[1] == 'pypcd4':
    import pypcd4
    def read(data):
        cloud = pypcd4.PointCloud.from_fileobj(io.BytesIO(data))
        return cloud.numpy(('x', 'y', 'z'))
elif sys.argv[1] == 'PCL':
    program, copy = 'pcl_convert_pcd_ascii_binary', path + '.copy'
    if not shutil.which(program): sys.exit()
    def read(data):
        quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
        subprocess.run([program, written(data), copy, '1'], check=True, timeout=9, **quiet)
        head, body = open(copy, 'rb').read().split(b'DATA binary\\n', 1)
        lines = dict(line.split(b' ', 1) for line in head.split(b'\\n') if b' ' in line)
        names, sizes, kinds, counts = (lines[name].split() for name in
            (b'FIELDS', b'SIZE', b'TYPE', b'COUNT'))
        shapes = list(zip(names, sizes, kinds, counts))
        offsets, at = {}, 0
        for name, size, kind, count in shapes:
            offsets.setdefault(name, (at, '<' + kind.decode().lower() + size.decode()))
            at += int(size) * int(count)
        axes = [offsets[name] for name in (b'x', b'y', b'z')]
        kind = numpy.dtype({'names': ['x', 'y', 'z'], 'formats': [kind for _, kind in axes],
            'offsets': [start for start, _ in axes], 'itemsize': at})
        points = numpy.frombuffer(body, kind, int(lines[b'POINTS']))
        return numpy.stack([points[name].astype('<f8') for name in ('x', 'y', 'z')], axis=1)
else:
    import open3d
    open3d.utility.set_verbosity_level(open3d.utility.VerbosityLevel.Error)
    def read(data):
        cloud = open3d.io.read_point_cloud(written(data), format='pcd')
        if not cloud.has_points(): raise ValueError
        return numpy.asarray(cloud.points)
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
sink.write(b'.'); sink.flush()
while True:
    head = source.read(8)
    if len(head) < 8: break
    data = source.read(struct.unpack('<Q', head)[0])
    signal.alarm(10)
    try:
        points = numpy.ascontiguousarray(read(data), dtype='<f8')
        points[numpy.isnan(points)] = numpy.nan
        answer = b'1' + struct.pack('<Q', zlib.crc32(points.tobytes()) | len(points) << 32)
    except Exception:
        answer = b'0' + bytes(8)
    signal.alarm(0)
    sink.write(answer); sink.flush()
";

/// One library, in a process of its own.
struct Reader {
    name: &'static str,
    child: Child,
}

impl Reader {
    fn start(name: &'static str) -> Option<Self> {
        let mut child = Command::new("python3")
            .args(["-c", WORKER, name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let is_there = child.stdout.as_mut()?.read_exact(&mut [0]).is_ok();
        let mut reader = Reader { name, child };
        if is_there {
            return Some(reader);
        }
        reader.end();
        None
    }

    fn end(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }

    fn ask(&mut self, file: &[u8]) -> Option<Answer> {
        let questions = self.child.stdin.as_mut()?;
        questions.write_all(&(file.len() as u64).to_le_bytes()).ok()?;
        questions.write_all(file).ok()?;
        questions.flush().ok()?;
        let mut answer = [0; 9];
        self.child.stdout.as_mut()?.read_exact(&mut answer).ok()?;
        let [opened, hash @ ..] = answer;
        Some(match opened {
            b'1' => Answer::Opened(u64::from_le_bytes(hash)),
            _ => Answer::Refused,
        })
    }
}

/// All libraries that there are.
pub(super) struct CloudReaders(Vec<Reader>);

impl CloudReaders {
    pub(super) fn new(are_wanted: bool) -> Self {
        let names = if are_wanted { &["pypcd4", "open3d", "PCL"][..] } else { &[] };
        CloudReaders(names.iter().filter_map(|name| Reader::start(name)).collect())
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|reader| reader.name).collect()
    }

    /// What each makes of a file. One that crashes has refused it, and is started again.
    pub(super) fn read(&mut self, file: &[u8]) -> Vec<Answer> {
        let answers = self.0.iter_mut().map(|reader| match reader.ask(file) {
            Some(answer) => answer,
            None => {
                reader.end();
                *reader = Reader::start(reader.name).unwrap();
                Answer::Refused
            }
        });
        answers.collect()
    }
}

impl Drop for CloudReaders {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Reader::end);
    }
}
