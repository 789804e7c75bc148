// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// A module of the product: imports point only at the modules listed before it.
///
/// - Parameter embedded: a folder of files that the program has inside, as it needs no other file.
func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], embedded: String? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies,
        resources: embedded.map { [.embedInCode($0)] } ?? [], swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "plumb",
    products: [.executable(name: "plumb", targets: ["plumb"])],
    targets: [
        .systemLibrary(
            name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(
            name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CMySQL", pkgConfig: "libmariadb",
            providers: [.apt(["default-libmysqlclient-dev"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        module("Basics"),
        module("Execution", ["Basics"]),
        module("Supervision", ["Execution"]),
        module("Crypto", ["CCrypto"]),
        module("Store", ["Basics", "Execution", "Crypto"]),
        module("Schema", ["Crypto"]),
        module("Signatures", ["Basics", "Execution", "Crypto", "CLinux"]),
        module("Tokens", ["Basics", "Execution", "Crypto", "Schema"]),
        module("Diff", ["Schema"]),
        module("Model", ["Basics", "Schema", "Diff"]),
        module("Git", ["Basics", "Execution", "Crypto", "Store", "CGit2", "CZlib"]),
        module("Desired", ["Basics", "Execution", "Schema", "Diff", "Model", "Git", "CYAML"]),
        module("Reports", ["Basics", "Schema", "Diff", "Model"]),
        module("Lint", ["Schema", "Diff", "Model", "Desired", "Reports"]),
        module("MySQLClient", ["Basics", "Execution", "Schema", "CMySQL"]),
        module("Binlog", ["Basics", "Execution", "Schema", "MySQLClient", "CZlib"]),
        module("OnlineCopy", ["Basics", "Schema", "Diff", "MySQLClient", "Binlog"]),
        module(
            "MySQLStore", ["Basics", "Execution", "Crypto", "Store", "Schema", "MySQLClient"]),
        module("Observed", ["Basics", "Execution", "Schema", "Diff", "MySQLClient"]),
        module("Ledger", ["Basics", "Execution", "Store", "Schema", "Diff", "Signatures", "Git"]),
        module(
            "Reconciler",
            [
                "Basics", "Execution", "Schema", "Signatures", "Tokens", "Diff", "Git", "Desired",
                "MySQLClient", "MySQLStore", "Binlog", "OnlineCopy", "Observed", "Ledger", "Model",
                "Reports",
            ]),
        module(
            "Import",
            [
                "Basics", "Execution", "Schema", "Diff", "Git", "Desired", "MySQLClient",
                "Observed", "Ledger", "Model", "Reports", "Reconciler",
            ]),
        module(
            "Doctor",
            [
                "Basics", "Execution", "Schema", "Git", "Desired", "MySQLClient", "Binlog",
                "OnlineCopy", "Observed", "Ledger", "Model", "Reports", "Reconciler",
            ]),
        module("HTTP", ["Basics", "CMicroHTTPD", "CZlib"]),
        module(
            "Views", ["Basics", "Schema", "Diff", "Model", "Reports"], embedded: "Page/Files"),
        module(
            "Service",
            [
                "Basics", "Execution", "Schema", "Signatures", "Tokens", "Diff", "Desired",
                "MySQLClient",
                "Observed", "Ledger", "Model", "Reports", "Reconciler", "Import", "Views",
            ]),
        module(
            "Console",
            [
                "Basics", "Execution", "Crypto", "Schema", "Signatures", "Tokens", "Desired",
                "Ledger",
                "Model", "Reports",
                "Reconciler", "Views", "HTTP", "Service",
            ], embedded: "Page/Files"),
        module("HTTPClient", ["Basics", "CCurl"]),
        module(
            "Notifications",
            [
                "Basics", "Execution", "Crypto", "Schema", "Desired", "Ledger", "Model", "Reports",
                "Reconciler", "Views", "HTTPClient",
            ]),
        .executableTarget(
            name: "plumb",
            dependencies: [
                "Basics", "Execution", "Supervision", "Store", "Schema", "Signatures", "Tokens",
                "Diff",
                "Git", "Desired", "Lint",
                "MySQLClient", "Observed", "Ledger", "Model", "Reports", "Reconciler", "Import",
                "Doctor", "Views", "Service", "HTTP", "Console", "HTTPClient",
                "Notifications",
            ], swiftSettings: settings),
        .executableTarget(
            name: "plumb-bench",
            dependencies: [
                "Basics", "Binlog", "OnlineCopy", "Execution", "Schema", "Diff", "Git", "Desired",
                "MySQLClient",
                "Observed", "Ledger", "Model", "MySQLStore", "Reports", "Reconciler", "Store",
                "MemoryFleet",
            ], swiftSettings: settings),
        .target(
            name: "MemoryFleet",
            dependencies: ["Execution", "Schema", "Diff", "Observed", "Reconciler"],
            path: "Tests/MemoryFleet", swiftSettings: settings),
        .target(
            name: "MemoryStore", dependencies: ["Basics", "Execution", "Store"],
            path: "Tests/MemoryStore", swiftSettings: settings),
        .target(
            name: "Simulation",
            dependencies: [
                "Basics", "Execution", "Store", "Schema", "Diff", "Git", "Desired", "Observed",
                "Ledger", "Model", "Reports", "Reconciler", "MemoryStore", "TestSupport",
            ], path: "Tests/Simulation", exclude: ["Guards"], swiftSettings: settings),
        .executableTarget(
            name: "plumb-simulate", dependencies: ["Simulation"], path: "Tests/plumb-simulate",
            swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["Schema", "Diff", "Execution", "MySQLClient"],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests("SupervisionTests", ["Execution", "Supervision", "TestSupport"]),
        tests("SchemaTests", ["Schema", "TestSupport"]),
        tests(
            "StoreTests",
            [
                "Basics", "Execution", "Store", "Git", "Schema", "MySQLClient", "MySQLStore",
                "Ledger",
                "MemoryStore", "TestSupport",
            ]),
        tests("SignaturesTests", ["Signatures", "TestSupport"]),
        tests("TokensTests", ["Schema", "Tokens", "TestSupport"]),
        tests("DiffTests", ["Diff", "TestSupport"]),
        tests("GitTests", ["Store", "Git", "Signatures", "TestSupport"]),
        tests("DesiredTests", ["Desired", "TestSupport"]),
        tests(
            "LintTests",
            ["Desired", "Git", "Lint", "MySQLClient", "Views", "plumb", "TestSupport"]),
        tests("MySQLClientTests", ["MySQLClient", "TestSupport"]),
        tests("BinlogTests", ["Binlog", "TestSupport"]),
        tests("OnlineCopyTests", ["OnlineCopy", "Diff", "TestSupport"]),
        tests("ObservedTests", ["Observed", "TestSupport"]),
        tests("LedgerTests", ["Ledger", "Signatures", "TestSupport"]),
        tests(
            "ReconcilerTests",
            ["Reconciler", "Import", "Doctor", "Signatures", "MemoryFleet", "TestSupport"]),
        tests("SimulationTests", ["Simulation", "TestSupport"]),
        tests("HTTPTests", ["HTTP", "TestSupport"]),
        tests("ConsoleTests", ["Console", "Tokens", "TestSupport"]),
        tests("ServiceTests", ["Service", "TestSupport"]),
        tests("HTTPClientTests", ["HTTPClient", "TestSupport"]),
        tests("NotificationsTests", ["Notifications", "Ledger", "MemoryStore", "TestSupport"]),
        tests("ViewsTests", ["Views", "TestSupport"]),
        tests("CommandTests", ["plumb", "Service", "Tokens", "Console", "TestSupport"]),
        tests("TidyTests", ["TestSupport"]),
    ]
)
