import Basics
import Diff
import Model

/// Decides whether an entry of a record counts as an approval. The gate and `plumb approve` both
/// ask here, so that they cannot differ.
package struct ApprovalCheck: Sendable {
    package let terms: ApprovalTerms
    private let proofs: any ApprovalProving

    package init(terms: ApprovalTerms, proofs: any ApprovalProving = DeclaredProofs()) {
        self.terms = terms
        self.proofs = proofs
    }

    /// Why an approval does not count.
    package enum Obstacle: Hashable, Sendable {
        case nameless
        case notProved(String)
        case unreadable(String)
        case future(String)
        case expired(String)
        case author(String)
        /// It is not known who made the change.
        case authorUnknown(String)

        /// The obstacle as the rest of a sentence that begins with "approval 5f80e08".
        package var phrase: String {
            switch self {
            case .nameless: "names nobody who gave it"
            case .notProved(let reason): "does not count: \(reason)"
            case .unreadable(let what): "has an unreadable \(what)"
            case .future(let given): "is given in the future, \(given): compare the clocks"
            case .expired(let time): "expired \(time)"
            case .author(let name): "was given by the author of the change, \(name)"
            case .authorUnknown(let reason):
                "does not count, as not_author cannot be met: \(reason)"
            }
        }
    }

    /// An approval that counts.
    package struct Valid: Hashable, Sendable {
        package let entry: ApprovalRecord.Approver
        /// The keys under which the person is compared: every spelling of name and address, folded.
        package let person: Set<String>
        /// When it expires.
        package let end: Timestamp
    }

    /// Whether one entry counts as an approval at `now` for a step with this cause.
    package func check(
        _ entry: ApprovalRecord.Approver, in record: ApprovalRecord, cause: PlanCause,
        now: Timestamp
    ) -> Result<Valid, Refused> {
        guard let given = Timestamp(iso: entry.given) else { return refused(.unreadable("time")) }
        guard given <= now.adding(seconds: ApprovalTerms.skewSeconds) else {
            return refused(.future(entry.given))
        }
        let end: Timestamp
        switch self.end(of: entry, in: record, given: given) {
        case .success(let time): end = time
        case .failure(let refusal): return .failure(refusal)
        }
        guard now < end else { return refused(.expired(end.iso)) }
        let names: [String]
        switch proofs.proof(of: entry, in: record) {
        case .declared(let spellings) where terms.identity == .declared: names = spellings
        case .signed(let principals, _) where terms.identity != .server: names = principals
        case .taken(let name, _, _) where terms.identity == .server: names = [name]
        case .declared, .signed, .taken: return refused(.notProved(notProved))
        case .none(let reason): return refused(.notProved(reason))
        }
        // An empty name is no approver, even where it is known who committed the file.
        guard let name = names.first, !terms.folding.keys(of: name).isEmpty else {
            return refused(.nameless)
        }
        // One person under two names could be two people, or not the author.
        if let reason = terms.folding.unknown, terms.refusesAuthor || terms.minimum > 1 {
            return refused(.notProved(reason))
        }
        let person = names.reduce(into: Set<String>()) { $0.formUnion(terms.folding.keys(of: $1)) }
        if let obstacle = authorship(of: person, named: name, cause: cause) {
            return refused(obstacle)
        }
        return .success(Valid(entry: entry, person: person, end: end))
    }

    /// Who gave the entry, as its signature and the allowed signers say; nil where no signature
    /// proves it.
    package func signer(
        of entry: ApprovalRecord.Approver, in record: ApprovalRecord
    ) -> String? {
        guard case .signed(let principals, _) = proofs.proof(of: entry, in: record) else {
            return nil
        }
        return principals.first
    }

    /// An obstacle as an error.
    package struct Refused: Error, Hashable, Sendable {
        package let obstacle: Obstacle
    }

    private func refused(_ obstacle: Obstacle) -> Result<Valid, Refused> {
        .failure(Refused(obstacle: obstacle))
    }

    private var notProved: String {
        switch terms.identity {
        case .signed: "it is not signed; give it with `plumb approve --sign`"
        case .server: "only approvals through a daemon count, and no daemon vouches for it"
        case .declared: "it is not proved"
        }
    }

    private func end(
        of entry: ApprovalRecord.Approver, in record: ApprovalRecord, given: Timestamp
    ) -> Result<Timestamp, Refused> {
        // Records of earlier releases have one expiry for all approvers.
        guard let text = entry.expires ?? (entry.id == nil ? record.expires : nil) else {
            return .success(terms.expiry(nil, given: given))
        }
        guard let expires = Timestamp(iso: text) else {
            return .failure(Refused(obstacle: .unreadable("expiry")))
        }
        return .success(terms.expiry(expires, given: given))
    }

    private func authorship(
        of person: Set<String>, named name: String, cause: PlanCause
    ) -> Obstacle? {
        guard terms.refusesAuthor else { return nil }
        guard let authors = cause.authors else {
            return .authorUnknown(
                cause.authorsUnknown ?? "who made the change is not known; run `plumb plan` again")
        }
        let isAuthor = authors.contains { author in
            let keys = terms.folding.keys(of: author)
            guard keys.isDisjoint(with: person) else { return true }
            // A login without an address is compared with the part of the address before the @.
            let locals = keys.compactMap { key in
                key.firstIndex(of: "@").map { String(key[..<$0]) }
            }
            return locals.contains(where: person.contains)
        }
        return isAuthor ? .author(name) : nil
    }
}
