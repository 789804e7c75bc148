import Basics

/// A commit that is not written yet: its id, and all objects that it is made of and its parent is
/// not.
package struct ComposedCommit: Sendable {
    package let id: ObjectID
    package let objects: [GitObject]

    /// The commit with the documents of `parent` and `edits` applied to them.
    ///
    /// Throws `invalid` for a path or an author that git does not take, what reading throws, and
    /// the errors of `signer`.
    ///
    /// - Parameter signer: returns the armoured signature of the text of a commit; nil for an
    ///   unsigned commit.
    package init(
        _ edits: TreeEdits, onto parent: ObjectID?, by author: Authorship, message: String,
        reading reader: ObjectReader, signer: (([UInt8]) throws -> String)? = nil
    ) throws {
        let base = try parent.map { try reader.commit($0).tree }
        var editor = TreeEditor(reader)
        let tree = try editor.apply(edits, to: base)
        let commit = try CommitObject(
            tree: tree, parents: parent.map { [$0] } ?? [], author: author, message: message
        ).object(signer: signer)
        id = commit.id
        objects = editor.objects + [commit]
    }
}
