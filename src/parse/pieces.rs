//! The steps of reading a page, each on its own: `benches/pieces.rs` measures them.

use super::tree::Tree;
use super::{links, scan};
use crate::model::PageUrl;

/// A page as a tree.
#[derive(Debug)]
pub struct Page(Tree);

impl Page {
    /// Builds the tree of a decoded page.
    pub fn parse(text: &str) -> Page {
        Page(Tree::parse(text))
    }

    /// Number of its elements, texts and comments.
    pub fn nodes(&self) -> usize {
        self.0.len()
    }

    /// Walks the tree; how many blocks of text it holds.
    pub fn walk(&self) -> usize {
        scan::scan(&self.0).blocks.len()
    }

    /// Walks the tree and resolves its links; how many addresses they name.
    pub fn walk_and_link(&self, url: &PageUrl) -> usize {
        let scan = scan::scan(&self.0);
        let base = links::base(&scan, url);
        let anchors = links::anchors(&scan, &base, "utf-8");
        links::discovered(&scan, &base, url, anchors).len()
    }
}
