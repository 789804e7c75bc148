// Tests import TestSupport and have the vocabulary of servers and schemas with it.
@_exported import Execution
@_exported import MySQLClient
@_exported import Schema
