//! Who stands above whom: the parents of a dataset as trees.
//!
//! Only events that others name as their parent are held. A parent that is not in the dataset ends the lineage. Where
//! events are above themselves, every link of that circle is left out, since it cannot be told which of them holds the
//! others; what hangs below the circle keeps its own link to it.

/// No event.
pub(super) const NONE: u32 = u32::MAX;

/// The parents of a dataset, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lineage {
    /// The parent of each, [`NONE`] for roots.
    parents: Vec<u32>,
    /// Whether each is its own ancestor.
    circular: Vec<bool>,
    /// Whether the way up from each never ends, circular or not.
    endless: Vec<bool>,
    /// Every event after the one above it.
    order: Vec<u32>,
}

impl Lineage {
    /// The lineage of events with these parents. Takes time and memory in proportion to their number, however deep.
    pub(super) fn of(mut parents: Vec<u32>) -> Self {
        let count = parents.len();
        let above = |parents: &[u32], event: u32| match parents.get(event as usize) {
            Some(&parent) if (parent as usize) < count => parent,
            _ => NONE,
        };
        let mut circular = vec![false; count];
        let mut endless = vec![false; count];
        let mut order = Vec::with_capacity(count);
        // The walk that first came to each event.
        let mut walk_of = vec![NONE; count];
        let mut path = Vec::new();
        for start in 0..count as u32 {
            path.clear();
            let mut event = start;
            while event != NONE && walk_of[event as usize] == NONE {
                walk_of[event as usize] = start;
                path.push(event);
                event = above(&parents, event);
            }
            if event != NONE && walk_of[event as usize] == start {
                // This walk came back to its own way: from there on it is a circle.
                let first = path.iter().position(|known| *known == event).unwrap_or(0);
                for member in &path[first..] {
                    circular[*member as usize] = true;
                }
            }
            let mut never_ends = event != NONE && (walk_of[event as usize] == start || endless[event as usize]);
            for event in path.iter().rev() {
                never_ends |= circular[*event as usize];
                endless[*event as usize] = never_ends;
                order.push(*event);
            }
        }
        for (event, parent) in parents.iter_mut().enumerate() {
            if circular[event] || (*parent as usize) >= count {
                *parent = NONE;
            }
        }
        Self { parents, circular, endless, order }
    }

    /// The event above one; [`NONE`] for roots.
    pub(super) fn above(&self, event: u32) -> u32 {
        self.parents.get(event as usize).copied().unwrap_or(NONE)
    }

    /// Whether an event is its own ancestor.
    pub(super) fn is_circular(&self, event: u32) -> bool {
        self.circular.get(event as usize).copied().unwrap_or(false)
    }

    /// Whether the way up from an event never ends.
    pub(super) fn is_endless(&self, event: u32) -> bool {
        self.endless.get(event as usize).copied().unwrap_or(false)
    }

    /// Every event after the one above it.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Bytes that are held.
    pub(super) fn bytes(&self) -> usize {
        (self.parents.len() + self.order.len()) * 4 + self.circular.len() + self.endless.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn circles_are_cut_and_what_hangs_below_keeps_its_link() {
        // 0 root, 1 under 0, 2 <-> 3, 4 under 3, 5 above itself, 6 under 5, 7 under nobody known.
        let lineage = Lineage::of(vec![NONE, 0, 3, 2, 3, 5, 5, 99]);
        let above: Vec<u32> = (0..8).map(|event| lineage.above(event)).collect();
        assert_eq!(above, [NONE, 0, NONE, NONE, 3, NONE, 5, NONE]);
        let set = |of: &dyn Fn(u32) -> bool| (0..8).filter(|event| of(*event)).collect::<Vec<_>>();
        assert_eq!(set(&|event| lineage.is_circular(event)), [2, 3, 5]);
        assert_eq!(set(&|event| lineage.is_endless(event)), [2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_chain_of_a_million_is_walked_once() {
        let count = 1_000_000;
        let lineage = Lineage::of((0..count).map(|event| if event + 1 < count { event + 1 } else { NONE }).collect());
        assert_eq!(lineage.order().first(), Some(&(count - 1)));
        assert!(!lineage.is_endless(0));
        let ring = Lineage::of((0..count).map(|event| (event + 1) % count).collect());
        assert!((0..count).all(|event| ring.is_circular(event) && ring.above(event) == NONE));
    }

    proptest! {
        #[test]
        fn every_way_up_ends_and_every_event_comes_after_the_one_above(parents in proptest::collection::vec(0..12_u32, 0..12)) {
            let lineage = Lineage::of(parents.clone());
            let count = parents.len() as u32;
            let mut rank = vec![usize::MAX; parents.len()];
            for (position, event) in lineage.order().iter().enumerate() {
                prop_assert_eq!(rank[*event as usize], usize::MAX);
                rank[*event as usize] = position;
            }
            for event in 0..count {
                let (mut at, mut steps) = (event, 0);
                while lineage.above(at) != NONE {
                    prop_assert!(rank[lineage.above(at) as usize] < rank[at as usize]);
                    at = lineage.above(at);
                    steps += 1;
                    prop_assert!(steps <= count);
                }
                // The plain definition: after as many steps as there are events, one is still on the way or has left it.
                let (mut slow, mut circular) = (event, false);
                for _ in 0..count {
                    slow = parents.get(slow as usize).copied().unwrap_or(NONE);
                    circular |= slow == event;
                }
                prop_assert_eq!(lineage.is_circular(event), circular);
                prop_assert_eq!(lineage.is_endless(event), slow < count);
            }
        }
    }
}
