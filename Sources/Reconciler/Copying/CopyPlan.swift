import Diff
import OnlineCopy
import Schema

/// What is copied for a step, and whether it can be.
enum CopyPlan {
    /// Why the table of a step cannot be copied online; nil where it can, as far as definitions
    /// tell.
    static func obstacle(
        to step: PlanStep, _ definition: (Digest) -> CatalogTable?
    ) -> String? {
        guard let from = step.from.flatMap(definition)?.table,
            let to = step.to.flatMap(definition)?.table
        else { return "its definitions are not known" }
        // Which kind of server the definitions are of is not known: one reading that fits will do.
        let obstacles = [ServerProfile.Flavour.mariadb, .mysql].map { flavour -> String? in
            do throws(CopyFailure) {
                _ = try job(step, from: from, to: to, flavour: flavour, database: "")
                return nil
            } catch {
                return "\(error)"
            }
        }
        return obstacles.contains(nil) ? nil : obstacles[0]
    }

    /// The work of an operation, from the definitions that the ledger has of both ends.
    static func job(
        _ job: EngineJob, at site: ShardSite
    ) throws(ShardFailure) -> CopyJob {
        let (from, to) = try (
            table(job.step.from, of: job, site), table(job.step.to, of: job, site)
        )
        do throws(CopyFailure) {
            return try self.job(
                job.step, from: from, to: to, flavour: site.flavour,
                database: site.target.database)
        } catch {
            throw ShardFailure("\(job.key): \(error)", retry: .permanent)
        }
    }

    /// The work that a rollback takes back; nil where the operation is none of a rollback.
    static func takenBack(_ job: EngineJob, at site: ShardSite) throws(ShardFailure) -> CopyJob? {
        guard job.step.cause.rollback != nil else { return nil }
        let (from, to) = try (
            table(job.step.from, of: job, site), table(job.step.to, of: job, site)
        )
        let columns = StepColumns(job.step.statements, from: from, to: to, flavour: site.flavour)
        guard case .kept(let renamed) = columns else { return nil }
        let back = Dictionary(renamed.map { ($0.value, $0.key) }) { first, _ in first }
        return try? CopyJob(
            database: site.target.database, from: to, to: from, renames: back,
            flavour: site.flavour)
    }

    private static func table(
        _ digest: Digest?, of job: EngineJob, _ site: ShardSite
    ) throws(ShardFailure) -> Table {
        let text = digest.flatMap(job.definition)
        let found = text.flatMap { CatalogTable(canonicalText: $0, flavour: site.flavour).table }
        guard let found else {
            throw ShardFailure(
                "\(job.key): the ledger does not have the definitions of its step",
                retry: .permanent)
        }
        return found
    }

    private static func job(
        _ step: PlanStep, from: Table, to: Table, flavour: ServerProfile.Flavour,
        database: String
    ) throws(CopyFailure) -> CopyJob {
        guard step.members == nil, step.renamedFrom == nil else {
            throw .stopped("its step changes several tables, or the name of one")
        }
        guard !step.statements.contains(where: { $0.numbersZeros == true }) else {
            throw .stopped("rows with 0 in a column that counts would get numbers")
        }
        switch StepColumns(step.statements, from: from, to: to, flavour: flavour) {
        case .unclear(let reason): throw .stopped(reason)
        case .kept(let renamed):
            return try CopyJob(
                database: database, from: from, to: to, renames: renamed, flavour: flavour)
        }
    }
}
