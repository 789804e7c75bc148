import Model
import Diff
import Schema

/// Decodes `policy`.
struct PolicyDecoder {
    let reader: NodeReader

    func policy(_ node: YAMLNode) -> Policy? {
        guard let fields = reader.fields(node, PolicyKey.self) else { return nil }
        let standard = Policy.standard
        let approve = fields.read(.approve, self.approve)
        let approvers = fields.read(.approvers) { node, _ in self.approvers(node) }
        let drift = fields.read(.drift) { reader.choice($0, $1, DriftPolicy.self) }
        let rollout = fields.read(.rollout) { node, _ in self.rollout(node) }
        let windows = fields.read(.windows) { node, what in
            reader.list(node, what)?.compactMap(window)
        }
        let limits = fields.read(.limits) { node, _ in self.limits(node) }
        let probe = fields.read(.probe) { node, _ in self.probe(node) }
        var policy = Policy(
            approve: approve ?? standard.approve, approvers: approvers ?? standard.approvers,
            drift: drift ?? standard.drift, rollout: rollout ?? standard.rollout,
            windows: windows ?? standard.windows, limits: limits ?? standard.limits,
            probe: probe ?? standard.probe)
        policy.online = fields.read(.online) { node, _ in
            OnlineDecoder(reader: reader).online(node)
        }
        policy.places = places(fields)
        return policy
    }

    /// The places of the keys that an operator's requirements can be about.
    private func places(_ fields: Fields<PolicyKey>) -> [PolicyTopic: SourceLocation] {
        var places: [PolicyTopic: SourceLocation] = [:]
        places[.approve] = fields[.approve]?.location
        places[.drift] = fields[.drift]?.location
        places[.minimum] = place(fields[.approvers], ApproversKey.minimum.rawValue)
        places[.notAuthor] = place(fields[.approvers], ApproversKey.notAuthor.rawValue)
        places[.dropsPerPlan] = place(fields[.limits], LimitsKey.dropsPerPlan.rawValue)
        return places
    }

    private func place(_ node: YAMLNode?, _ key: String) -> SourceLocation? {
        guard case .mapping(let entries)? = node?.content else { return nil }
        return entries.first { $0.key == key }?.value.location
    }

    func approve(_ node: YAMLNode, _ what: String) -> Set<Hazard>? {
        guard let items = reader.list(node, what) else { return nil }
        let classes = items.compactMap {
            reader.choice($0, "a class in \(what)", Hazard.self)
        }
        guard classes.count == items.count else { return nil }
        guard classes.contains(.irreversible) else {
            return reader.invalid(
                node, "\(what) leaves out `irreversible`, and such steps always need an approval",
                "add `irreversible`")
        }
        return Set(classes)
    }

    func approvers(_ node: YAMLNode) -> Approvers? {
        guard let fields = reader.fields(node, ApproversKey.self) else { return nil }
        let minimum = fields.read(.minimum) { reader.integer($0, $1, in: 1...20) }
        let notAuthor = fields.read(.notAuthor, reader.boolean)
        return Approvers(
            minimum: minimum ?? Approvers.standard.minimum,
            notAuthor: notAuthor ?? Approvers.standard.notAuthor)
    }

    private func rollout(_ node: YAMLNode) -> Rollout? {
        guard let fields = reader.fields(node, RolloutKey.self) else { return nil }
        let standard = Rollout.standard
        let waves = fields.read(.waves, self.waves)
        let concurrency = fields.read(.concurrency) { node, _ in self.concurrency(node) }
        let onFailure = fields.read(.onFailure) { reader.choice($0, $1, FailurePolicy.self) }
        let cutover = fields.read(.cutover) { reader.choice($0, $1, CutoverPolicy.self) }
        let retries = fields.read(.retries) { node, _ in self.retries(node) }
        let maxFailures = fields.read(.maxFailures) { reader.integer($0, $1, in: 1...1_000_000) }
        if maxFailures != nil, let node = fields[.maxFailures], onFailure != .continue {
            return reader.invalid(
                node, "`max_failures` counts only where the others go on after a failure",
                "write `on_failure: continue` with it, or leave it out")
        }
        var rollout = Rollout(
            waves: waves ?? standard.waves, concurrency: concurrency ?? standard.concurrency,
            onFailure: onFailure ?? standard.onFailure, cutover: cutover ?? standard.cutover,
            retries: retries ?? standard.retries)
        rollout.maxFailures = maxFailures
        rollout.health = fields.read(.health) { node, _ in
            HealthDecoder(reader: reader).health(node)
        }
        return rollout
    }

    private func retries(_ node: YAMLNode) -> RetryBudget? {
        guard let fields = reader.fields(node, RetriesKey.self) else { return nil }
        let attempts = fields.read(.attempts) { reader.integer($0, $1, in: 1...10_000) }
        let within = fields.read(.within) { reader.durationSeconds($0, $1, in: 1...2_592_000) }
        return RetryBudget(
            attempts: attempts ?? RetryBudget.standard.attempts,
            withinSeconds: within ?? RetryBudget.standard.withinSeconds)
    }

    private func concurrency(_ node: YAMLNode) -> Concurrency? {
        guard let fields = reader.fields(node, ConcurrencyKey.self) else { return nil }
        let total = fields.read(.total) { reader.integer($0, $1, in: 1...1_000) }
        let perHost = fields.read(.perHost) { reader.integer($0, $1, in: 1...1_000) }
        return Concurrency(
            total: total ?? Concurrency.standard.total,
            perHost: perHost ?? Concurrency.standard.perHost)
    }

    func limits(_ node: YAMLNode) -> Limits? {
        guard let fields = reader.fields(node, LimitsKey.self) else { return nil }
        let drops = fields.read(.dropsPerPlan) { reader.integer($0, $1, in: 0...1_000_000) }
        return Limits(dropsPerPlan: drops ?? Limits.standard.dropsPerPlan)
    }

    private func probe(_ node: YAMLNode) -> ProbePolicy? {
        guard let fields = reader.fields(node, ProbeKey.self) else { return nil }
        let standard = ProbePolicy.standard
        let isEnabled = fields.read(.enabled, reader.boolean)
        let each = fields.read(.each) { reader.durationSeconds($0, $1, in: 1...30) }
        let total = fields.read(.total) { reader.durationSeconds($0, $1, in: 1...3_600) }
        return ProbePolicy(
            isEnabled: isEnabled ?? standard.isEnabled,
            eachSeconds: each ?? standard.eachSeconds,
            totalSeconds: total ?? standard.totalSeconds)
    }

    func window(_ node: YAMLNode) -> Window? {
        guard let fields = reader.fields(node, WindowKey.self) else { return nil }
        let allow = fields.read(.allow, reader.string)
        let zone = fields.read(.zone, reader.string)
        guard let allow, let zone else { return nil }
        do {
            return try Window(allow, zone: zone)
        } catch {
            return reader.invalid(
                node, error.message,
                "write `{allow: \"Mon-Fri 09:00-16:00\", zone: Europe/Berlin}`")
        }
    }

    // MARK: waves

    private func waves(_ node: YAMLNode, _ what: String) -> [Wave]? {
        guard let items = reader.filledList(node, what) else { return nil }
        let waves = items.compactMap { node in wave(node).map { (node, $0) } }
        guard waves.count == items.count, let last = waves.last else { return nil }
        let sized = waves.filter { $0.1.reach(of: 1) != nil }
        for ((_, before), (node, wave)) in zip(sized, sized.dropFirst())
        where !grows(before.size, wave.size) {
            return reader.invalid(
                node, "a wave does not reach further than the one before it",
                "give sizes that grow; each counts the shards of the waves before")
        }
        guard last.1.size == .percent(100) else {
            return reader.invalid(
                last.0, "the last wave leaves out shards", "end with `{percent: 100}`")
        }
        return waves.map(\.1)
    }

    private func grows(_ before: Wave.Size, _ next: Wave.Size) -> Bool {
        switch (before, next) {
        case (.shards(let first), .shards(let second)): first < second
        case (.percent(let first), .percent(let second)): first < second
        // A percentage cannot be compared with a number of shards, which depends on the fleet.
        case (.shards, .percent), (.percent, .shards): before != .percent(100)
        case (.selected, _), (_, .selected): true
        }
    }

    private func wave(_ node: YAMLNode) -> Wave? {
        guard let fields = reader.fields(node, WaveKey.self) else { return nil }
        let shards = fields.read(.shards) { reader.integer($0, $1, in: 1...1_000_000) }
        let percent = fields.read(.percent, self.percent)
        let selector = fields.read(.selector, reader.selector)
        let bake = fields.read(.bake) { reader.durationSeconds($0, $1) }
        let sizes: [WaveKey] = [.shards, .percent, .selector]
        guard sizes.count(where: { fields[$0] != nil }) == 1 else {
            return reader.invalid(
                node, "a wave must have one of `shards`, `percent` and `selector`",
                "write exactly one of them")
        }
        guard
            let size = shards.map(Wave.Size.shards) ?? percent.map(Wave.Size.percent)
                ?? selector.map(Wave.Size.selected)
        else { return nil }
        return Wave(size: size, bakeSeconds: bake ?? 0)
    }

    /// Reads `10` or `10%`.
    private func percent(_ node: YAMLNode, _ what: String) -> Int? {
        guard case .scalar(let scalar) = node.content, case .string(let text) = scalar.value,
            text.hasSuffix("%"),
            case .integer(let number) = YAMLValue(plain: String(text.dropLast()))
        else { return reader.integer(node, what, in: 1...100) }
        let plain = YAMLScalar(text: text, isQuoted: false, value: .integer(number))
        return reader.integer(
            YAMLNode(content: .scalar(plain), location: node.location), what, in: 1...100)
    }
}
