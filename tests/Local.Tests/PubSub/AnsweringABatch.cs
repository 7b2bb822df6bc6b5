using System.Text;
using CloudNative.Local.PubSub.Delivering;

namespace CloudNative.Local.Tests.PubSub;

public sealed class AnsweringABatch
{
    [Theory]
    [InlineData("""{"statuses":[{"entryId":"a","status":"SUCCESS"},{"entryId":"b","status":"RETRY"},{"entryId":"c","status":"DROP"}]}""", "Acknowledge Retry Drop")]
    [InlineData("""{"Statuses":[{"ENTRYID":"a","Status":"SUCCESS"}]}""", "Acknowledge Retry Retry")]
    [InlineData("""{"statuses":[{"entryId":"a","status":"success"},{"entryId":"b","status":""},{"entryId":"c","status":"Done"}]}""", "Retry Retry Retry")]
    [InlineData("""{"statuses":[{"entryId":"who","status":"SUCCESS"},{"entryId":"c","status":"SUCCESS"}]}""", "Retry Retry Acknowledge")]
    [InlineData("""{"statuses":[{"entryId":"a","status":"SUCCESS"},{"entryId":"a","status":"RETRY"},{"entryId":"b","status":"RETRY"},{"entryId":"b","status":"DROP"}]}""", "Retry Drop Retry")]
    [InlineData("""{"statuses":[{"entryId":"a"},{"entryId":"b","status":null},null,{}]}""", "Retry Retry Retry")]
    [InlineData("""{"status":"SUCCESS"}""", "Retry Retry Retry")]
    [InlineData("""{"statuses":null}""", "Retry Retry Retry")]
    [InlineData("null", "Retry Retry Retry")]
    [InlineData("fine", "Retry Retry Retry")]
    [InlineData("", "Retry Retry Retry")]
    [InlineData("""[{"entryId":"a","status":"SUCCESS"}]""", "Retry Retry Retry")]
    [InlineData("""{"statuses":[{"entryId":"a","status":"SUCCESS"},7]}""", "Retry Retry Retry")]
    [InlineData("""{"statuses":[{"entryId":"a","status":"SUCCESS"}]} more""", "Retry Retry Retry")]
    public void each_entry_has_the_status_that_the_app_gave_it_or_has_failed(string body, string verdicts) => Read(200, body).ShouldBe(verdicts);

    [Theory]
    [InlineData(204, "Retry Retry Retry")]
    [InlineData(404, "Acknowledge Acknowledge Acknowledge")]
    [InlineData(302, "Retry Retry Retry")]
    [InlineData(500, "Retry Retry Retry")]
    public void a_status_without_a_body_speaks_for_the_whole_batch(int status, string verdicts) => Read(status, "").ShouldBe(verdicts);

    private static string Read(int status, string body) => string.Join(' ', BulkAnswer.Read(status, Encoding.UTF8.GetBytes(body), ["a", "b", "c"]));
}
