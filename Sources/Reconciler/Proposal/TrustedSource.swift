import Basics
import Desired
import Git
import Model
import Schema

/// A command that changes shards or records was run on a proposal.
package struct ProposalRefused: RemediedError {
    package let fault: String
    package let remedy: String?
}

/// The schema repository, divided into what is trusted and what is proposed.
///
/// `plumb.yaml` and approvals come from the followed branch; of a proposal only the schemas are
/// used.
package struct TrustedSource {
    /// The source whose schemas are read.
    package internal(set) var source: FetchedSource
    /// The source whose `plumb.yaml` and approvals count: the base, or `source` itself.
    package let followed: FetchedSource
    /// The fleet within the limits of the operator's file.
    package internal(set) var fleet: Fleet
    /// Whether the schemas are a proposal's: a plan of them is not recorded.
    package let isProposal: Bool
    /// Where files with secrets may be.
    package let places: SecretPlaces

    package init(
        source: FetchedSource, followed: FetchedSource, fleet: Fleet, isProposal: Bool,
        places: SecretPlaces
    ) {
        self.source = source
        self.followed = followed
        self.fleet = fleet
        self.isProposal = isProposal
        self.places = places
    }

    /// Fetches the schema repository and determines what of it is trusted.
    package static func open(_ request: PassRequest) throws -> TrustedSource {
        try checkOperator(request)
        return try open(request, fetched: FetchStage(request: request.source).run())
    }

    /// The accounts that may be used, and the servers that they are for.
    package func access(
        _ request: PassRequest, _ environment: Desired.Environment
    ) throws -> ServerAccess {
        try ServerAccess(
            fleet: fleet, environment: environment, operator: request.operator, places: places)
    }

    static func open(
        _ request: PassRequest, fetched source: FetchedSource
    ) throws -> TrustedSource {
        let base = try BaseRevision(request: request).find(for: source)
        guard let base else { return try followed(source, request) }
        switch request.proposals {
        case .schemas: return try proposal(source, base: base, request)
        case .baseOnly:
            let baseOnly = BaseOnly(source: source, base: base)
            return TrustedSource(
                source: baseOnly.source, followed: base,
                fleet: try limited(SchemaRepository.fleet(base.tree), request), isProposal: false,
                places: baseOnly.places)
        case .refused:
            throw ProposalRefused(
                fault: "\(source.label) is a proposal, which is to be merged into \(base.label): "
                    + "no shard is changed and nothing is decided by it",
                remedy: "run this on what is followed, after the merge; `plumb plan` says what "
                    + "the proposal would change")
        }
    }

    /// The revision that a command reads which never reads proposals.
    package struct BaseOnly {
        package let source: FetchedSource
        package let places: SecretPlaces

        fileprivate init(source: FetchedSource, base: FetchedSource) {
            let notice = Notice(
                code: "base-only",
                message: "\(source.label) is a proposal: this is about \(base.label), which it is "
                    + "to be merged into")
            self.source = base.adding([notice])
            places = untrusted(source)
        }

        fileprivate init(source: FetchedSource, _ request: PassRequest) {
            self.source = source
            places = SecretPlaces(folder: source.folder ?? request.folder)
        }
    }

    /// What was fetched, or its base where that is a proposal; does not read `plumb.yaml` yet.
    package static func baseOnly(_ request: PassRequest, fetched source: FetchedSource) throws
        -> BaseOnly
    {
        guard let base = try BaseRevision(request: request).find(for: source) else {
            return BaseOnly(source: source, request)
        }
        return BaseOnly(source: source, base: base)
    }

    /// Throws where the operator's file is in a repository that others write to.
    package static func checkOperator(_ request: PassRequest) throws {
        guard let file = request.operator?.file else { return }
        try OperatorFile.check(file, liesOutside: request.folder)
        switch request.source.location {
        case .repository(let folder), .workingTree(let folder):
            let root = try Repository.around(folder)?.workFolder
            try OperatorFile.check(file, liesOutside: root ?? folder)
        case .mirror(_, let cache): try OperatorFile.check(file, liesOutside: cache)
        }
    }

    /// The fleet within the limits of the operator's file.
    package static func limited(_ fleet: Fleet, _ request: PassRequest) throws -> Fleet {
        try fleet.requireRetention(lifetimeSeconds: request.approvals.lifetimeSeconds)
        guard let rules = request.operator else { return fleet }
        return try rules.applied(to: fleet)
    }

    private static func followed(
        _ source: FetchedSource, _ request: PassRequest
    ) throws -> TrustedSource {
        TrustedSource(
            source: source, followed: source,
            fleet: try limited(SchemaRepository.fleet(source.tree), request),
            isProposal: source.commit == nil,
            places: SecretPlaces(folder: source.folder ?? request.folder))
    }

    /// The folder of a proposal's files: no secret is read from it, and relative paths are refused.
    private static func untrusted(_ source: FetchedSource) -> SecretPlaces {
        SecretPlaces(folder: nil, untrusted: source.folder)
    }

    private static func proposal(
        _ source: FetchedSource, base: FetchedSource, _ request: PassRequest
    ) throws -> TrustedSource {
        let proposed = try ProposedFleet(
            base: base.tree, baseLabel: base.label, proposed: source.tree,
            environment: request.scope.environment)
        var pinned = source.adding(notices(proposed, base: base))
        pinned.pins = base.repository
        return TrustedSource(
            source: pinned, followed: base, fleet: try limited(proposed.fleet, request),
            isProposal: true, places: untrusted(source))
    }

    private static let mostChanges = 50

    private static func notices(
        _ proposed: ProposedFleet, base: FetchedSource
    ) -> [Notice] {
        var notices = [
            Notice(
                code: "proposal",
                message: "a proposal: servers, accounts and policy are those of \(base.label); "
                    + "nothing is recorded, and no step can be approved before the merge")
        ]
        notices += proposed.changes.prefix(mostChanges).map {
            Notice(code: "after-merge", message: "\($0): takes effect after the merge")
        }
        if proposed.changes.count > mostChanges {
            notices.append(
                Notice(
                    code: "after-merge",
                    message: Count.of(proposed.changes.count - mostChanges, "further key")
                        + " of plumb.yaml: takes effect after the merge"))
        }
        if !proposed.newShards.isEmpty {
            let names = proposed.newShards.prefix(10).map(\.description)
            let more = proposed.newShards.count > 10 ? ", …" : ""
            notices.append(
                Notice(
                    code: "new-shards",
                    message: Count.of(proposed.newShards.count, "new shard")
                        + " checked, not reached: \(names.joined(separator: ", "))\(more)"))
        }
        return notices
    }
}
