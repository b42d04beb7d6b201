using System.CommandLine;
using System.Reflection;

namespace Brink.Cli.Tests;

/// <summary>Exceptions of every type that a command may throw. The tests change stderr and the environment of this process.</summary>
[CollectionDefinition(nameof(FailureTests), DisableParallelization = true), Collection(nameof(FailureTests))]
public class FailureTests
{
    private const string Trace = "BRINK_TRACE";

    public static TheoryData<Exception, string> Faults => new()
    {
        {
            new InvalidOperationException("of\ntwo lines"),
            "brink: unexpected System.InvalidOperationException: of two lines; this is a bug in Brink;"
                + " set BRINK_TRACE=1 to see where it occurs\n"
        },
        { new NullReferenceException("null"), "brink: unexpected System.NullReferenceException: null; this is" },
        {
            new TargetInvocationException(new ArithmeticException("wrapped")),
            "brink: unexpected System.ArithmeticException: wrapped; this is"
        },
        {
            new AggregateException(new KeyNotFoundException("of a task")),
            "brink: unexpected System.Collections.Generic.KeyNotFoundException: of a task; this is"
        },
        {
            new TypeInitializationException("Some.Type", new FormatException("static")),
            "brink: unexpected System.FormatException: static; this is"
        },
        { new AggregateException(new IOException("no space left")), "brink: no space left\n" },
        { new OutOfMemoryException("it was\nall taken"), "brink: out of memory: reduce micro_batch or expansion_budget_mb; it was\n" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void An_exception_is_reported_in_one_line_after_its_trace_if_BRINK_TRACE_is_set(Exception thrown, string line)
    {
        var (code, report) = Reported(thrown, null);
        Assert.Equal(1, code);
        Assert.StartsWith(line, report, StringComparison.Ordinal);
        Assert.Equal(report.Length - 1, report.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal((code, report), Reported(thrown, "0"));

        var (traced, all) = Reported(thrown, "1");
        Assert.Equal(1, traced);
        Assert.StartsWith(thrown.GetType().FullName!, all, StringComparison.Ordinal);
        Assert.Contains("\n   at Brink.Cli.Answer.To(", all, StringComparison.Ordinal);
        Assert.EndsWith(report, all, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trace_of_wrong_input_precedes_its_line_if_BRINK_TRACE_is_set()
    {
        using var brink = new BrinkProgram();
        var traced = brink.Run([(Trace, "1")], "run", "quickstrt");
        Assert.Contains("\n   at Brink.", traced.Error, StringComparison.Ordinal);
        Assert.EndsWith("did you mean 'quickstart'?\n", traced.Error, StringComparison.Ordinal);
        Assert.Equal(2, traced.Code);
    }

    private static (int Code, string Report) Reported(Exception thrown, string? trace)
    {
        var command = new Command("fails");
        command.SetAction((Func<ParseResult, int>)(_ => throw thrown));
        var (error, before) = (Console.Error, Environment.GetEnvironmentVariable(Trace));
        using var report = new StringWriter();
        try
        {
            Console.SetError(report);
            Environment.SetEnvironmentVariable(Trace, trace);
            return (BrinkAssembly.Answer(command.Parse([])), report.ToString());
        }
        finally
        {
            Console.SetError(error);
            Environment.SetEnvironmentVariable(Trace, before);
        }
    }
}
