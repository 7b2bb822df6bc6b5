using Xunit.Sdk;
using Xunit.v3;

namespace CloudNative.Conformance;

/// <summary>Tells which recordings this run of the tests asks for: an orderer is the one place that is shown the tests a filter has left.</summary>
public sealed class SelectedRecordings : ITestCaseOrderer
{
    private static IReadOnlyList<string> names = [];

    /// <summary>area/name, in the order of the tests.</summary>
    public static IReadOnlyList<string> Names => names;

    public IReadOnlyCollection<TTestCase> OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases)
        where TTestCase : notnull, ITestCase
    {
        var ordered = testCases.OrderBy(test => test.TestCaseDisplayName, StringComparer.Ordinal).ToList();
        names = [.. ordered.Select(NameOf).OfType<string>()];
        return ordered;
    }

    private static string? NameOf<TTestCase>(TTestCase testCase)
        where TTestCase : ITestCase =>
        testCase.TestCaseDisplayName.Split('"') is [_, var name, _] ? name : null;
}
