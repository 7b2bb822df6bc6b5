using System.Text.RegularExpressions;

namespace CloudNative.EventStream.Records;

/// <summary>Names of topics, and of lanes: <c>T/lane-N</c> is one more stream of topic <c>T</c>.</summary>
internal static partial class TopicName
{
    public static bool IsValid(string name) => ValidName().IsMatch(name);

    public static bool IsLane(string name) => Lane().IsMatch(name);

    /// <summary>The topic a subscription reads: the name without its lane.</summary>
    public static string WithoutLane(string name) => Lane().Match(name) is { Success: true } lane ? lane.Groups["topic"].Value : name;

    [GeneratedRegex(@"\A[A-Za-z0-9._/-]{1,256}\z")]
    private static partial Regex ValidName();

    [GeneratedRegex(@"\A(?<topic>.+)/lane-[0-9]+\z")]
    private static partial Regex Lane();
}
