using GraphQL.Types;

namespace CloudNative.ThingsBff.SavingAThing;

/// <summary>The input of saveThing; only what the client wrote reaches <see cref="ParseDictionary"/>, so omitted and null differ.</summary>
internal sealed class ThingInputType : InputObjectGraphType<SaveThing>
{
    public ThingInputType()
    {
        Name = "ThingInput";
        Field<StringGraphType>("id").Description("At most 256 characters. Left out: an id is made.");
        Field<NonNullGraphType<StringGraphType>>("name").Description("At most 256 characters.");
        Field<StringGraphType>("description").Description("Left out: the one there is stays. Null: it is cleared.");
        Field<IntGraphType>("expectedVersion").Description("Refused with CONFLICT unless the thing is at this version now; 0: it must not exist.");
        Field<StringGraphType>("clientMutationId").Description("Makes a repetition of this very request answer as the first did, for 24 hours.");
    }

    public override object ParseDictionary(IDictionary<string, object?> value) => new SaveThing(
        Text(value, "id"),
        (string)value["name"]!,
        Text(value, "description"),
        KeepsDescription: !value.ContainsKey("description"),
        value.TryGetValue("expectedVersion", out var expected) ? (int?)expected : null,
        Text(value, "clientMutationId"));

    private static string? Text(IDictionary<string, object?> value, string field) =>
        value.TryGetValue(field, out var text) ? (string?)text : null;
}
