using System.Globalization;
using Brink.Objectives;
using Brink.Runs;
using Brink.Zoo.Formats;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Diagnostics for a run that produced a non-finite value: where it first occurred, and the parameters of the last
/// step before, in last-good.safetensors in the run's folder.</summary>
/// <param name="run">Writer of the run.</param>
/// <param name="layout">Layout of the parameters theta [p].</param>
internal sealed class LastGoodState(RunWriter run, ParameterLayout layout) : IDisposable
{
    public const string FileName = "last-good.safetensors";

    private Tensor? _theta;
    private long _step, _next;   // step of the parameters; step in computation
    private long? _faultStep;

    private FirstFault Fault { get; } = new();

    public IObjective Watched(IObjective objective) => new WatchedObjective(objective, Fault);

    /// <summary>Keeps the parameters at the start of a phase, although nothing has been computed there.</summary>
    public void Begin(long step, Tensor theta)
    {
        Keep(step, theta);
        _next = step;
    }

    /// <summary>Keeps the parameters of a step. Must be called once everything at that step has been computed.</summary>
    /// <param name="step">Steps from the initial parameters.</param>
    /// <param name="theta">[p]; the caller still owns it.</param>
    public void Keep(long step, Tensor theta)
    {
        if (Fault.Found is not null)
        {
            _faultStep ??= step;
            return;
        }
        _next = step + 1;
        using var scope = NewDisposeScope();
        if (!double.IsFinite(theta.norm().ToDouble())) return;
        if (_theta is null || _theta.dtype != theta.dtype)
        {
            _theta?.Dispose();
            _theta = theta.clone().DetachFromDisposeScope();
        }
        else
        {
            _theta.copy_(theta);
        }
        _step = step;
    }

    /// <summary>Writes the diagnostics; returns the message with the place of the fault and the name of the file.</summary>
    public string WriteDiagnostics(string message)
    {
        if (Fault.Found is { } fault)
        {
            var step = _faultStep ?? _next;
            var parameter = fault.Entry is { } entry ? layout.At(entry) : null;
            run.Set(RunSchema.Fault, new(fault.Quantity, step, parameter, fault.Count));
            var found = $"first non-finite value: {fault.Quantity} at step {step}"
                + (parameter is null ? "" : $", in {parameter}" + (fault.Count > 1 ? $" and {fault.Count - 1:N0} more" : ""));
            run.AddEvent(step, RunSchema.NotFiniteEvent, found);
            message += $"; {found}";
        }
        if (_theta is null) return message;
        using var scope = NewDisposeScope();
        Safetensors.Write(
            Path.Combine(run.Folder, FileName),
            layout.Parameters.Zip(layout.Split(_theta)).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["step"] = _step.ToString(CultureInfo.InvariantCulture) });
        run.Set(RunSchema.LastGoodStep, _step);
        return $"{message}; the parameters of step {_step} are saved in {FileName}";
    }

    public void Dispose() => _theta?.Dispose();
}
