using GraphQLParser.AST;

namespace CloudNative.ThingsBff.FindingThings;

/// <summary>How many things a page holds: 40 unless asked otherwise, never below 1 or above 100.</summary>
internal static class PageSize
{
    public const int Default = 40;
    public const int Most = 100;

    public static int Of(int? limit) => Math.Clamp(limit ?? Default, 1, Most);

    /// <summary>What a field may multiply its selection by, known before variables are: a limit that is a variable counts as the most.</summary>
    public static int Of(GraphQLField field)
    {
        if (field.Name.Value != ThingsField.Name)
            return 1;
        return field.Arguments?.Items.Find(argument => argument.Name.Value == "limit")?.Value switch
        {
            null or GraphQLNullValue => Default,
            GraphQLIntValue literal when int.TryParse(literal.Value.Span, out var limit) => Of(limit),
            _ => Most,
        };
    }
}
