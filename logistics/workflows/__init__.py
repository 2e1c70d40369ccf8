"""The machines of warehouse work: reading a file is reading a workflow."""

from common.steps import Step
from logistics.workflows import booking, count, instruction
from logistics.workflows.booking import BookingFlow
from logistics.workflows.count import CountFlow
from logistics.workflows.instruction import InstructionFlow
from logistics.workflows.step import Machine

MACHINES: dict[str, Machine] = {
    machine.name: machine for machine in (booking.MACHINE, count.MACHINE, instruction.MACHINE)
}
"""Every machine by name."""

__all__ = ["MACHINES", "BookingFlow", "CountFlow", "InstructionFlow", "Machine", "Step"]
