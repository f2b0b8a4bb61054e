//! treegen
