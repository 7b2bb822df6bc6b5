using System.Text;

namespace CloudNative.BuildingBlocks.Buckets;

public sealed class KnowingTheBindings
{
    [Theory]
    [InlineData("{\"a\":1}", true)]
    [InlineData("[1]\n{\"b\":2}\n", true)]
    [InlineData("{}", true)]
    [InlineData("", false)]
    [InlineData("abcd", false)]
    [InlineData("aGVs\nbG8=", false)]
    [InlineData("null", false)]
    [InlineData("\"plain text\"", false)]
    [InlineData("`raw text`", false)]
    public void only_bytes_that_no_binding_changes_are_written(string content, bool isStored) =>
        BucketRules.IsStoredAsItIs(Encoding.UTF8.GetBytes(content)).ShouldBe(isStored);

    [Theory]
    [InlineData("error invoking output binding details: file not found: /data/details/things/1.json", true)]
    [InlineData("error invoking output binding lake: object not found", true)]
    [InlineData("error invoking output binding details: error deleting file /d/1: remove /d/1: no such file or directory", true)]
    [InlineData("error invoking output binding lake: operation error S3: GetObject, https response error StatusCode: 404, api error NoSuchKey: gone", true)]
    [InlineData("error invoking output binding lake: https response error StatusCode: 404, NoSuchBucket: The specified bucket does not exist", false)]
    [InlineData("connection refused", false)]
    public void a_missing_object_is_told_from_trouble(string error, bool isMissing) => BucketRules.SaysMissing(error).ShouldBe(isMissing);

    [Theory]
    [InlineData("2018/05/01/00/a.ndjson", true)]
    [InlineData("../a", false)]
    [InlineData("/a", false)]
    [InlineData("a//b", false)]
    [InlineData("", false)]
    public void a_name_is_a_clean_relative_path(string name, bool isName) => BucketRules.IsName(name).ShouldBe(isName);
}
