using Brink.Taylor;

namespace Brink.Graphs.Operators.Onnx;

/// <summary>Losses inside a graph.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Losses
{
    [Operator("SoftmaxCrossEntropyLoss", Fixed = [1, 2])]
    private static Quantity[] SoftmaxCrossEntropyLoss(Call call)
    {
        var log = call.Input(0).AlongRows(1, rows => rows.LogSoftmax());
        return [LogLikelihood(call, log), log];
    }

    [Operator("NegativeLogLikelihoodLoss", Fixed = [1, 2])]
    private static Quantity NegativeLogLikelihoodLoss(Call call) => LogLikelihood(call, call.Input(0));

    private static Quantity LogLikelihood(Call call, Quantity log)
    {
        long? ignored = call.Has("ignore_index") ? call.Integer("ignore_index") : null;
        return ClassLoss.Of(
            log, call.Input(1).Known("labels"), call.Optional(2)?.Known("weights"), call.Text("reduction", "mean"), ignored, 0);
    }
}
