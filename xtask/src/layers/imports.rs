//! What each file of a crate uses of its other files.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, UseTree, Visibility};

/// The files of one crate.
pub(super) struct Crate {
    /// In the order of their paths.
    pub(super) files: Vec<File>,
    modules: BTreeSet<Vec<String>>,
}

/// One file that is compiled into the crate, and not only for tests.
pub(super) struct File {
    /// Where it lies below the crate's folder of sources.
    pub(super) path: PathBuf,
    /// The module that it is.
    pub(super) module: Vec<String>,
    /// What it uses, in the order of its lines.
    pub(super) imports: Vec<Import>,
}

/// One use of another file.
pub(super) struct Import {
    /// The path of it, up to the file's module or, of what stands in the root, the item.
    pub(super) path: String,
    /// The module that is meant, empty for the root.
    pub(super) module: Vec<String>,
    /// The line, from 1.
    pub(super) line: usize,
}

impl Crate {
    /// Reads all files below `root`.
    pub(super) fn read(root: &Path) -> Result<Self, Box<dyn Error>> {
        let mut found = Vec::new();
        collect(root, root, &mut found)?;
        found.sort();
        let mut parsed = Vec::new();
        let mut only_tests = BTreeSet::new();
        for path in found {
            let text = fs::read_to_string(root.join(&path))?;
            let syntax =
                syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            let module = module_of(&path);
            for item in &syntax.items {
                if let Item::Mod(ItemMod { attrs, ident, content: None, .. }) = item
                    && is_for_tests(attrs)
                {
                    only_tests.insert([&module[..], &[ident.to_string()]].concat());
                }
            }
            parsed.push((path, module, syntax));
        }
        parsed.retain(|(_, module, _)| !only_tests.iter().any(|tests| module.starts_with(tests)));
        let modules: BTreeSet<Vec<String>> =
            parsed.iter().map(|(_, module, _)| module.clone()).collect();
        let files = parsed.into_iter().map(|(path, module, syntax)| {
            let mut visitor = Visitor { here: module.clone(), modules: &modules, used: Vec::new() };
            visitor.visit_file(&syntax);
            let imports = visitor.used.into_iter().filter_map(|(line, path)| {
                let depth =
                    (0..=path.len()).rev().find(|depth| modules.contains(&path[..*depth]))?;
                let target = path[..depth].to_vec();
                let shown = path.get(..depth.max(1))?;
                let is_other = target != module;
                is_other.then(|| Import {
                    path: format!("crate::{}", shown.join("::")),
                    module: target,
                    line,
                })
            });
            let imports = imports.collect();
            File { path, module, imports }
        });
        let files = files.collect();
        Ok(Crate { files, modules })
    }

    /// The folder that a file belongs to: where `a.rs` has a folder `a` for its parts, that.
    pub(super) fn folder(&self, file: &File) -> PathBuf {
        let has_parts = |module: &Vec<String>| {
            module.len() > file.module.len() && module.starts_with(&file.module)
        };
        if file.module.is_empty() || !self.modules.iter().any(has_parts) {
            return file.path.parent().unwrap_or(Path::new("")).to_owned();
        }
        file.module.iter().collect()
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if path.extension().is_some_and(|suffix| suffix == "rs") {
            found.push(path.strip_prefix(root)?.to_owned());
        }
    }
    Ok(())
}

/// The module that the file of this path is.
fn module_of(path: &Path) -> Vec<String> {
    let mut module: Vec<String> = path
        .with_extension("")
        .iter()
        .map(|segment| segment.to_string_lossy().into_owned())
        .collect();
    let is_root = module.len() == 1 && matches!(module[0].as_str(), "lib" | "main");
    if is_root || module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    module
}

/// Whether an item is compiled for tests only.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.meta.to_token_stream().to_string();
        attribute.path().is_ident("cfg") && (text.contains("(test") || text.contains(", test"))
    })
}

struct Visitor<'m> {
    /// The module that is looked at.
    here: Vec<String>,
    /// All modules that are files.
    modules: &'m BTreeSet<Vec<String>>,
    /// The lines, and the paths from the crate's root that stand there.
    used: Vec<(usize, Vec<String>)>,
}

impl Visitor<'_> {
    /// Notes a path, if it leads into this crate.
    fn add(&mut self, line: usize, path: &[String]) {
        let Some((first, rest)) = path.split_first() else { return };
        let mut target = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.here.clone(),
            "super" => self.here[..self.here.len().saturating_sub(1)].to_vec(),
            _ => {
                let child = [&self.here[..], std::slice::from_ref(first)].concat();
                if !self.modules.contains(&child) {
                    return;
                }
                child
            }
        };
        for segment in rest {
            if segment == "super" {
                target.pop();
            } else {
                target.push(segment.clone());
            }
        }
        self.used.push((line, target));
    }

    fn use_tree(&mut self, line: usize, before: &[String], tree: &UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.use_tree(line, &with(path.ident.to_string()), &path.tree),
            UseTree::Name(name) if name.ident == "self" => self.add(line, before),
            UseTree::Name(name) => self.add(line, &with(name.ident.to_string())),
            UseTree::Rename(name) => self.add(line, &with(name.ident.to_string())),
            UseTree::Glob(_) => self.add(line, before),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(line, before, tree);
                }
            }
        }
    }

    /// What stands in the tokens of a macro, which is not parsed.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if colons == 2 && !path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                }
                token => {
                    self.add(line, &std::mem::take(&mut path));
                    colons = 0;
                    line = token.span().start().line;
                    match token {
                        TokenTree::Ident(ident) => path.push(ident.to_string()),
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
        self.add(line, &path);
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Const(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.here.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(item.span().start().line, &[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(path.span().start().line, &segments);
        visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {
        // `pub(in crate::a)` says who may use an item, and uses nothing.
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {
        // Documentation may name what is above.
    }
}
