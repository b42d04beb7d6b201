using System.CommandLine;
using System.Reflection;

namespace Brink.Cli.Tests;

/// <summary>Exceptions of a command, whatever their type. They take this process's stderr and environment.</summary>
[CollectionDefinition(nameof(FailureTests), DisableParallelization = true), Collection(nameof(FailureTests))]
public class FailureTests
{
    private const string Trace = "BRINK_TRACE";

    public static TheoryData<Exception, string> Faults => new()
    {
        { new InvalidOperationException("of\ntwo lines"), "brink: unexpected System.InvalidOperationException: of two lines; this is an error in Brink: BRINK_TRACE=1 shows where it occurs\n" },
        { new NullReferenceException("null"), "brink: unexpected System.NullReferenceException: null; this is" },
        { new TargetInvocationException(new ArithmeticException("wrapped")), "brink: unexpected System.ArithmeticException: wrapped; this is" },
        { new AggregateException(new KeyNotFoundException("of a task")), "brink: unexpected System.Collections.Generic.KeyNotFoundException: of a task; this is" },
        { new TypeInitializationException("Some.Type", new FormatException("static")), "brink: unexpected System.FormatException: static; this is" },
        { new AggregateException(new IOException("no space left")), "brink: no space left\n" },
        { new OutOfMemoryException("it was\nall taken"), "brink: out of memory: reduce micro_batch or expansion_budget_mb; it was\n" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void An_exception_is_one_line_and_its_trace_precedes_it_where_it_is_wanted(Exception thrown, string line)
    {
        var (code, said) = Told(thrown, null);
        Assert.Equal(1, code);
        Assert.StartsWith(line, said, StringComparison.Ordinal);
        Assert.Equal(said.Length - 1, said.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal((code, said), Told(thrown, "0"));

        var (traced, all) = Told(thrown, "1");
        Assert.Equal(1, traced);
        Assert.StartsWith(thrown.GetType().FullName!, all, StringComparison.Ordinal);
        Assert.Contains("\n   at Brink.Cli.Answer.To(", all, StringComparison.Ordinal);
        Assert.EndsWith(said, all, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trace_of_wrong_input_precedes_its_line_where_it_is_wanted()
    {
        using var brink = new BrinkProgram();
        var traced = brink.Run([(Trace, "1")], "run", "quickstrt");
        Assert.Contains("\n   at Brink.", traced.Error, StringComparison.Ordinal);
        Assert.EndsWith("did you mean 'quickstart'?\n", traced.Error, StringComparison.Ordinal);
        Assert.Equal(2, traced.Code);
    }

    private static (int Code, string Said) Told(Exception thrown, string? trace)
    {
        var command = new Command("fails");
        command.SetAction((Func<ParseResult, int>)(_ => throw thrown));
        var (error, before) = (Console.Error, Environment.GetEnvironmentVariable(Trace));
        using var said = new StringWriter();
        try
        {
            Console.SetError(said);
            Environment.SetEnvironmentVariable(Trace, trace);
            return (BrinkAssembly.Answer(command.Parse([])), said.ToString());
        }
        finally
        {
            Console.SetError(error);
            Environment.SetEnvironmentVariable(Trace, before);
        }
    }
}
