import Basics
import Store
import Signatures

/// One pass over the signatures of a ledger.
struct SignatureWalk {
    private let backend: any LedgerBackend
    private let reader: ObjectReader
    private let verifier: SignatureVerifier
    /// The trusted transitions that the caller gave, and those of them that were found.
    private let known: Set<ObjectID>
    private var met: Set<ObjectID> = []
    private(set) var report = SignatureReport()

    /// Allows for clocks that differ; more, and an expired key could be used with an earlier date.
    private static let clockSkewSeconds: Int64 = 3600

    init(_ backend: any LedgerBackend, _ verifier: SignatureVerifier, known: Set<ObjectID>) {
        self.backend = backend
        reader = ObjectReader(backend)
        self.verifier = verifier
        self.known = known
    }

    /// What was found so far in one environment.
    private struct State {
        var environment: SignatureReport.Environment
        var newest: Timestamp?
        var problems = 0
        /// The last transition before the first signed one.
        var lastUnsigned: ObjectID?
        var startsAtKnown = false
    }

    mutating func verify(_ name: String) {
        var state = State(environment: .init(name: name))
        defer { report.environments.append(state.environment) }
        let commits: [ObjectID]
        do throws(StoreError) {
            guard let tip = try backend.reference(Ledger.branches + name) else { return }
            state.environment.tip = tip
            commits = try history(from: tip, &state)
        } catch {
            add(nil, error.message, &state)
            return
        }
        for id in commits.reversed() { verify(id, &state) }
        guard state.environment.unsignedBefore > 0, let last = state.lastUnsigned else { return }
        let count = state.environment.unsignedBefore
        let began = state.environment.signedSince.map { "unsigned before \($0.commit)" }
        add(
            last,
            "\(began ?? "unsigned"): \(count) commit\(count == 1 ? "" : "s") up to "
                + "\(last); where this is known, give --since \(last)", &state)
    }

    /// Reports each trusted transition that was not found: it was removed from its environment.
    mutating func requireAllKnownMet() {
        for id in known.subtracting(met).sorted() {
            report.problemCount += 1
            report.problems.append(
                .init(
                    environment: "no environment", commit: id.hex,
                    message: "it is in no environment any more: somebody moved a branch back, "
                        + "or wrote its history anew; compare with a backup"))
        }
    }

    /// Reports a `refs/replace` reference, with which git shows another object in its place.
    mutating func refuse(replacement reference: String) {
        report.problemCount += 1
        report.problems.append(
            .init(
                environment: reference, commit: "",
                message: "git shows another object in the place of this one; remove it with "
                    + "`git replace -d`"))
    }

    /// The transitions up to `tip`, newest first, down to a trusted one.
    private mutating func history(
        from tip: ObjectID, _ state: inout State
    ) throws(StoreError) -> [ObjectID] {
        var result: [ObjectID] = []
        var next: ObjectID? = tip
        while let id = next {
            let commit = try reader.commit(id)
            guard !known.contains(id) else {
                state.startsAtKnown = true
                try meet(id, commit, &state)
                return result
            }
            result.append(id)
            next = commit.parents.first
        }
        return result
    }

    /// Of several trusted ones in one environment the newest counts; the others must exist, too.
    private mutating func meet(
        _ id: ObjectID, _ newest: CommitObject, _ state: inout State
    ) throws(StoreError) {
        let name = state.environment.name
        guard [nil, name].contains(EventMessage.environment(of: newest.message)) else {
            // A trusted commit on another environment's branch is no proof.
            add(id, Self.foreign(to: name), &state)
            return
        }
        met.insert(id)
        var next = newest.parents.first
        while let id = next, met.count < known.count {
            if known.contains(id) { met.insert(id) }
            next = try reader.commit(id).parents.first
        }
    }

    private static func foreign(to environment: String) -> String {
        "it was signed for another environment than \(environment): somebody moved the branch"
    }

    private mutating func verify(_ id: ObjectID, _ state: inout State) {
        let commit: CommitObject
        let parts: SignedCommit
        do throws(StoreError) {
            let object = try reader.object(id)
            commit = try CommitObject(object)
            parts = try SignedCommit(object)
        } catch {
            add(id, error.message, &state)
            return
        }
        let hasBegun = state.startsAtKnown || state.environment.signedSince != nil
        if parts.signature == nil, !hasBegun {
            state.environment.unsignedBefore += 1
            state.lastUnsigned = id
            return
        }
        let time = Timestamp(parts.committedAt)
        do throws(SignatureError) {
            let signer = try verifier.verify(
                payload: parts.payload, signature: parts.signature,
                namespace: LedgerSigner.namespace, at: time)
            state.environment.signed += 1
            let name = signer.principals.first ?? signer.fingerprint
            state.environment.signers[name, default: 0] += 1
            if state.environment.signedSince == nil {
                state.environment.signedSince = .init(commit: id, time: time)
            }
        } catch {
            add(id, error.message, &state)
            return
        }
        complain(of: commit, id, at: time, &state)
        state.newest = max(state.newest ?? time, time)
    }

    /// Reports what is wrong with a transition even where its signature is good.
    private mutating func complain(
        of commit: CommitObject, _ id: ObjectID, at time: Timestamp, _ state: inout State
    ) {
        let name = state.environment.name
        if EventMessage.environment(of: commit.message) != name {
            add(id, Self.foreign(to: name), &state)
        }
        if commit.parents.count > 1 {
            add(id, "it has several parents, and no transition has", &state)
        }
        if let newest = state.newest, time < newest.adding(seconds: -Self.clockSkewSeconds) {
            add(
                id,
                "it says that it was made at \(time), and one before it at \(newest): somebody "
                    + "dated it back, or a clock was wrong", &state)
        }
    }

    private mutating func add(_ id: ObjectID?, _ message: String, _ state: inout State) {
        report.problemCount += 1
        state.problems += 1
        guard state.problems <= SignatureReport.limit else { return }
        report.problems.append(
            .init(
                environment: state.environment.name, commit: id?.hex ?? "", message: message))
    }
}
