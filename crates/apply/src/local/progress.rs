//! Which steps are done, told from the names that are there.

use super::journal::Record;

/// Which of some renames from one folder to one are done, which are done one after the other. The
/// name that one gets is not there before, or was the name of the one right before it. An inner
/// error is the position of one that is neither done nor can be.
///
/// It is told by the names before: one that is gone went. A name afterwards may have been taken by
/// something else, which a rename would not replace. Where one `may_be_missing`, one that is there
/// under neither name counts as done, unless others follow it or it follows others: then there is
/// no telling.
pub(super) fn done_names<E>(
    names: &[(Vec<u8>, Vec<u8>)],
    may_be_missing: bool,
    is_before: impl Fn(&[u8]) -> Result<bool, E>,
    is_after: impl Fn(&[u8]) -> Result<bool, E>,
) -> Result<Result<Vec<bool>, usize>, E> {
    let mut done: Vec<bool> = Vec::with_capacity(names.len());
    let follows = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| names.get(before));
        before.zip(names.get(at)).is_some_and(|((freed, _), (_, new_name))| freed == new_name)
    };
    let mut first = 0;
    while first < names.len() {
        let end = (first + 1..names.len()).find(|at| !follows(*at)).unwrap_or(names.len());
        // Of a chain's names one is free at any time: that of the last that went.
        let mut last = None;
        for (at, (name, _)) in names.iter().enumerate().take(end).skip(first) {
            if !is_before(name)? && last.replace(at).is_some() {
                return Ok(Err(at));
            }
        }
        if let (Some(_), Some((_, new_name))) = (last, names.get(first))
            && !(may_be_missing && end == first + 1)
            && !is_after(new_name)?
        {
            return Ok(Err(first));
        }
        done.extend((first..end).map(|at| last.is_some_and(|last| at <= last)));
        first = end;
    }
    Ok(Ok(done))
}

/// How many steps are done that are done one after the other: up to the last one that can be seen
/// to be, as a later step may take the result of an earlier one with it.
pub(super) fn done_in_order<E>(
    steps: &[Record],
    is_done: impl Fn(&Record) -> Result<bool, E>,
) -> Result<usize, E> {
    for (at, step) in steps.iter().enumerate().rev() {
        if is_done(step)? {
            return Ok(at + 1);
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_shows_by_the_names_that_are_there() {
        let check = |names: &[(&str, &str)], there: &str, expected: Result<&[bool], usize>| {
            let names: Vec<_> = names
                .iter()
                .map(|(name, new)| (name.as_bytes().to_vec(), new.as_bytes().to_vec()))
                .collect();
            let holds = |name: &[u8]| Ok::<_, ()>(there.as_bytes().contains(&name[0]));
            let found = done_names(&names, false, holds, holds).unwrap();
            assert_eq!(found.as_deref().map_err(|at| *at), expected, "{names:?} in {there}");
        };
        let single = [("a", "x"), ("b", "y")];
        check(&single, "ab", Ok(&[false, false]));
        check(&single, "xb", Ok(&[true, false]));
        check(&single, "xy", Ok(&[true, true]));
        check(&single, "abx", Ok(&[false, false]));
        check(&single, "b", Err(0));
        let chain = [("c", "d"), ("b", "c"), ("a", "b")];
        check(&chain, "abc", Ok(&[false, false, false]));
        check(&chain, "abd", Ok(&[true, false, false]));
        check(&chain, "acd", Ok(&[true, true, false]));
        check(&chain, "bcd", Ok(&[true, true, true]));
        check(&chain, "abcd", Ok(&[false, false, false]));
        check(&chain, "bc", Err(0));
        check(&chain, "cd", Err(2));
        check(&[], "abc", Ok(&[]));

        let missing = |names: &[(Vec<u8>, Vec<u8>)]| {
            done_names(names, true, |_| Ok::<_, ()>(false), |_| Ok(false)).unwrap()
        };
        let names = |names: &[(&str, &str)]| -> Vec<_> {
            names
                .iter()
                .map(|(name, new)| (name.as_bytes().into(), new.as_bytes().into()))
                .collect()
        };
        assert_eq!(missing(&names(&single)), Ok(vec![true, true]));
        assert_eq!(missing(&names(&chain)), Err(1));
    }
}
