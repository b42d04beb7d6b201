using System.CommandLine;
using Brink.Graphs;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Options that only ONNX and .pt2 files have: which constants are parameters, and how data and inputs meet.</summary>
internal sealed class GraphOptions
{
    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "ONNX: safetensors file of a state dictionary; its tensors that the model holds, as they are, transposed or"
            + " reshaped, are the parameters, under its names.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _matching = new("--parameters-matching")
    {
        Description = "ONNX, .pt2: the parameters are the constants of these names; patterns with * and ?, separated by commas.",
        HelpName = "PATTERN",
    };

    private readonly Option<string?> _frozen = new("--frozen")
    {
        Description = "ONNX, .pt2: the constants of these names are no parameters.",
        HelpName = "PATTERN",
    };

    private readonly Option<bool> _tie = new("--tie")
    {
        Description = "ONNX, .pt2: equal constants, as they are or transposed, are one parameter.",
    };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "ONNX, .pt2: the output that the loss takes, if the model has several.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _inputs = new("--input")
    {
        Description = "ONNX, .pt2: the array that an input takes, where their names differ; repeatable.",
        HelpName = "NAME=ARRAY",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string> _engine = UsualOption.Of(
        "--engine", "ONNX, .pt2: engine that differentiates; taylor, or autograd of libtorch.", "taylor");

    public GraphOptions() => _engine.AcceptOnlyFromAmong("taylor", "autograd");

    /// <param name="command">Command that gets the options.</param>
    /// <param name="ofData">True to add those of data and engine, too.</param>
    public void AddTo(Command command, bool ofData = true)
    {
        foreach (var option in new Option[] { _weights, _matching, _frozen, _tie, _output }) command.Options.Add(option);
        if (ofData) foreach (var option in new Option[] { _inputs, _engine }) command.Options.Add(option);
    }

    /// <summary>The choice of parameters.</summary>
    public ParameterSelection Selection(ParseResult parsed) =>
        new(parsed.GetValue(_matching), parsed.GetValue(_frozen), parsed.GetValue(_tie));

    /// <summary>The options that are given although the model is TorchScript, which has none of them.</summary>
    public string? GivenIn(ParseResult parsed) => new Option[] { _weights, _matching, _frozen, _tie, _output, _inputs, _engine }
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    public DerivativeEngine Engine(ParseResult parsed) =>
        parsed.GetValue(_engine) == "autograd" ? DerivativeEngine.Autograd : DerivativeEngine.Taylor;

    public string? Weights(ParseResult parsed) => parsed.GetValue(_weights);

    public string? Output(ParseResult parsed) => parsed.GetValue(_output);

    public IReadOnlyList<(string Input, string Array)> Inputs(ParseResult parsed) => [.. parsed.GetValue(_inputs)!.Select(pair =>
        pair.Split('=') is [{ Length: > 0 } input, { Length: > 0 } array]
            ? (input, array)
            : throw new InputException($"--input {pair}: write the name of the input and that of the array, as in --input labels=y"))];

    /// <summary>The files of a problem.</summary>
    public GraphProblemFiles Files(ParseResult parsed, ScriptProblem problem) => new(
        problem.Model, problem.Data, problem.Targets, Weights(parsed), problem.Parameters, Selection(parsed), Output(parsed),
        Inputs(parsed));
}
