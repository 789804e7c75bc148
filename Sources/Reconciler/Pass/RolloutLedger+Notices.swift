import Desired
import Model

extension RolloutLedger {
    /// What is to be said of the programs and calls that follow a plan's changes: finalizers, and
    /// what asks waves how they are.
    static func notices(
        _ fleet: Fleet, _ environment: Desired.Environment, _ namespaces: Set<String>,
        _ consent: Operator?
    ) -> [Notice] {
        let health = namespaces.isEmpty ? [] : healthNotices(fleet, consent)
        return health
            + namespaces.sorted().compactMap { name in
                fleet.namespace(name)?.finalizer.map {
                    notice($0, of: name, fleet, environment, consent)
                }
            }
    }

    private static func notice(
        _ finalizer: Finalizer, of namespace: String, _ fleet: Fleet,
        _ environment: Desired.Environment, _ consent: Operator?
    ) -> Notice {
        let (what, refusal): (String, String?)
        switch finalizer.work {
        case .program(let command):
            let program = command.first ?? ""
            what = program
            refusal =
                CommandRunner.allows(program, for: .finalizers, consent)
                ? nil : CommandRunner.refusal(program, for: .finalizers)
        case .call(let call, let host):
            what = "`\(call.sql)` on \(host.value)"
            let record = FinalizerRecord(finalizer, of: namespace)
            refusal = record.call.flatMap {
                FinalizerCallRunner.refusal($0, fleet, environment, consent)
            }
        }
        if let refusal {
            return Notice(
                code: "finalizer-refused",
                message:
                    "\(finalizer.location): the finalizer of \(namespace) will fail: \(refusal)")
        }
        return Notice(
            code: "finalizer",
            message: "once all shards of \(namespace) are changed, \(what) runs, as "
                + "\(finalizer.location) says")
    }
}
